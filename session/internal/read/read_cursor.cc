// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/read/read_cursor.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"

namespace s2::internal {
namespace {

// Metered, of a record without headers and body.
constexpr uint64_t kLeastRecordBytes = 8;

uint64_t Minus(uint64_t a, uint64_t b) { return a - std::min(a, b); }

bool IsBounded(const rpc::v1::ReadRequest& request) {
  return request.has_count() || request.has_bytes() || request.has_until();
}

// Does the session go on at the tail, for a while?
bool Waits(const rpc::v1::ReadRequest& request) {
  return request.has_wait() && (request.wait() > 0 || !IsBounded(request));
}

}  // namespace

ReadCursor::ReadCursor(const rpc::v1::ReadRequest& request) : request_(request) {
  if (request.has_seq_num() && !request.clamp()) next_seq_num_ = request.seq_num();
}

void ReadCursor::OnAccepted(absl::Time now) {
  if (!waits_since_) waits_since_ = now;
}

absl::StatusOr<std::optional<SeqNumRange>> ReadCursor::OnFrame(const ReadFrame& frame,
                                                               absl::Time now) {
  if (frame.runs.empty() && !frame.tail) {
    has_frame_ = true;
    return std::nullopt;
  }
  // Where the frame begins: what lies before that and was not received is missing.
  const uint64_t begin =
      frame.runs.empty() ? frame.tail->seq_num() : frame.runs.front().seq_nums.begin;
  uint64_t position = next_seq_num_.value_or(begin);
  // A clamped start moves back to the tail, never forward: what lies between was trimmed.
  if (!next_seq_num_ && request_.has_seq_num()) position = std::min(begin, request_.seq_num());
  if (begin < position && !frame.runs.empty()) {
    return MakeError(ErrorCode::kInvalidBatch, absl::StrCat("the server sent record ", begin,
                                                            " again; the next is ", position));
  }
  std::optional<SeqNumRange> skipped;
  if (begin > position) skipped = SeqNumRange{position, begin};
  position = std::max(position, begin);
  if (!frame.runs.empty() && !looks_) position = frame.runs.back().seq_nums.end;
  if (frame.tail && frame.tail->seq_num() < position) {
    return MakeError(
        ErrorCode::kInvalidBatch,
        absl::StrCat("the server's tail is ", frame.tail->seq_num(), ", before the next record, ",
                     position, ": the stream was replaced or has lost records"));
  }

  has_frame_ = true;
  looked_ = looks_;
  if (frame.tail) tail_ = frame.tail->seq_num();
  if (!frame.runs.empty()) waits_since_ = now;
  for (const ReadRun& run : frame.runs) {
    if (request_.has_count()) request_.set_count(Minus(request_.count(), run.records()));
    if (request_.has_bytes()) request_.set_bytes(Minus(request_.bytes(), run.bytes));
  }
  next_seq_num_ = position;
  request_.set_seq_num(position);
  return skipped;
}

rpc::v1::ReadRequest ReadCursor::NextRequest(absl::Time now) const {
  rpc::v1::ReadRequest request = request_;
  if (!Waits(request)) return request;
  const absl::Duration left = std::min(wait_deadline() - now, absl::Seconds(request.wait()));
  const int64_t seconds = absl::ToInt64Seconds(absl::Ceil(left, absl::Seconds(1)));
  request.set_wait(static_cast<uint32_t>(std::max<int64_t>(seconds, 1)));
  return request;
}

absl::Time ReadCursor::wait_deadline() const {
  if (!Waits(request_) || !waits_since_) return absl::InfiniteFuture();
  return *waits_since_ + absl::Seconds(request_.wait());
}

bool ReadCursor::is_endless() const { return !IsBounded(request_) && !request_.has_wait(); }

bool ReadCursor::IsCleanEnd(const absl::Status& error, absl::Time now) const {
  if (!has_frame_) return false;
  const bool unwritten = GetErrorCode(error) == ErrorCode::kReadUnwritten;
  if (LimitsMet()) return unwritten || IsRetryable(error);
  if (at_tail() && now >= wait_deadline() && IsRetryable(error)) return true;
  // A bounded read that may not wait ends cleanly when it gets to the tail; but one that begins
  // there is refused. To resume is to get there: the records before the tail were received, or
  // there were none.
  const rpc::v1::ErrorInfo info = GetErrorInfo(error);
  return unwritten && info.has_tail() && info.tail().seq_num() == next_seq_num_;
}

void ReadCursor::LookBehindEnd() {
  looks_ = true;
  request_.Clear();
  request_.set_seq_num(*next_seq_num_);
  request_.set_count(1);
  request_.set_wait(1);
}

bool ReadCursor::LimitsMet() const {
  return (request_.has_count() && request_.count() == 0) ||
         (request_.has_bytes() && request_.bytes() < kLeastRecordBytes);
}

}  // namespace s2::internal
