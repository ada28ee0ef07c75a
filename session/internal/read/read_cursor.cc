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

}  // namespace

ReadCursor::ReadCursor(const rpc::v1::ReadRequest& request) : request_(request) {
  if (request.has_seq_num() && !request.clamp()) next_seq_num_ = request.seq_num();
}

absl::StatusOr<std::optional<SeqNumRange>> ReadCursor::OnFrame(const ReadFrame& frame,
                                                               absl::Time now) {
  std::optional<uint64_t> position = next_seq_num_;
  if (!position && (!frame.runs.empty() || frame.tail)) {
    position = frame.runs.empty() ? frame.tail->seq_num() : frame.runs.front().seq_nums.begin;
    // A clamped start moves back to the tail, never forward: what lies between was trimmed.
    if (request_.has_seq_num()) position = std::min(*position, request_.seq_num());
  }

  std::optional<SeqNumRange> skipped;
  if (!frame.runs.empty()) {
    const uint64_t begin = frame.runs.front().seq_nums.begin;
    if (begin < *position) {
      return MakeError(ErrorCode::kInvalidBatch, absl::StrCat("the server sent record ", begin,
                                                              " again; the next is ", *position));
    }
    if (begin > *position) skipped = SeqNumRange{*position, begin};
    position = frame.runs.back().seq_nums.end;
  }
  if (frame.tail && frame.tail->seq_num() < *position) {
    return MakeError(
        ErrorCode::kInvalidBatch,
        absl::StrCat("the server's tail is ", frame.tail->seq_num(), ", before the next record, ",
                     *position, ": the stream was replaced or has lost records"));
  }

  has_frame_ = true;
  if (frame.tail) last_tail_at_ = now;
  for (const ReadRun& run : frame.runs) {
    if (request_.has_count()) request_.set_count(Minus(request_.count(), run.records()));
    if (request_.has_bytes()) request_.set_bytes(Minus(request_.bytes(), run.bytes));
  }
  // An empty frame fixes a position that was not known, but never moves one: if its tail is ahead,
  // then either the records between were trimmed, and will be found missing, or they are yet to
  // come.
  next_seq_num_ = position;
  if (position) request_.set_seq_num(*position);
  return skipped;
}

rpc::v1::ReadRequest ReadCursor::NextRequest(absl::Time now) const {
  rpc::v1::ReadRequest request = request_;
  if (request.has_wait() && last_tail_at_) {
    const int64_t waited = absl::ToInt64Seconds(now - *last_tail_at_);
    request.set_wait(static_cast<uint32_t>(Minus(request.wait(), std::max<int64_t>(waited, 0))));
  }
  return request;
}

bool ReadCursor::IsCleanEnd(const absl::Status& error) const {
  if (!has_frame_) return false;
  const bool unwritten = GetErrorCode(error) == ErrorCode::kReadUnwritten;
  if (LimitsMet()) return unwritten || IsRetryable(error);
  // A bounded read that may not wait, or has waited its time while it was disconnected, ends
  // cleanly when it gets to the tail; but one that begins there is refused. To resume is to get
  // there: the records before the tail were received, or there were none.
  const rpc::v1::ErrorInfo info = GetErrorInfo(error);
  return unwritten && info.has_tail() && info.tail().seq_num() == next_seq_num_;
}

bool ReadCursor::LimitsMet() const {
  return (request_.has_count() && request_.count() == 0) ||
         (request_.has_bytes() && request_.bytes() < kLeastRecordBytes);
}

}  // namespace s2::internal
