// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/emulator/internal/reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"
#include "s2/wire/limits.h"

namespace s2::emulator {
namespace {

absl::Status Unwritten(const v1::StreamPosition& tail) {
  const std::string message =
      absl::StrCat("nothing is written there yet; the tail is ", tail.seq_num());
  rpc::v1::ErrorInfo info = GetErrorInfo(MakeError(ErrorCode::kReadUnwritten, message));
  *info.mutable_tail() = tail;
  return MakeError(info, message);
}

}  // namespace

Reader::Reader(const rpc::v1::ReadRequest& request, Mode mode) {
  const bool bounded = request.has_count() || request.has_bytes() || request.has_until();
  if (request.has_count()) limit_.count = request.count();
  if (request.has_bytes()) limit_.bytes = request.bytes();
  if (request.has_until()) limit_.until = request.until();
  if (bounded || request.has_wait()) wait_ = absl::Seconds(request.wait());
  may_follow_ = !bounded || request.wait() > 0;
  if (mode == Mode::kUnary) {
    limit_.count = std::min<uint64_t>(limit_.count, kMaxBatchRecords);
    limit_.bytes = std::min<uint64_t>(limit_.bytes, kMaxBatchBytes);
    wait_ = wire::UnaryWait(request.wait());
    may_follow_ = request.wait() > 0;
  }
}

absl::StatusOr<Reader> Reader::Open(const rpc::v1::ReadRequest& request, Mode mode,
                                    const StreamLog& log) {
  Reader reader(request, mode);
  if (reader.exhausted()) return reader;
  if (absl::Status s = reader.Start(request, log); !s.ok()) return s;
  return reader;
}

absl::Status Reader::Start(const rpc::v1::ReadRequest& request, const StreamLog& log) {
  const v1::StreamPosition& tail = log.tail();
  target_ = tail.seq_num();
  bool beyond = false;
  switch (request.start_case()) {
    case rpc::v1::ReadRequest::kSeqNum:
      cursor_.seq_num = request.seq_num();
      beyond = request.seq_num() > tail.seq_num();
      break;
    case rpc::v1::ReadRequest::kTimestamp:
      beyond = request.timestamp() > tail.timestamp();
      if (!beyond) cursor_.seq_num = log.FindTimestamp(request.timestamp());
      break;
    case rpc::v1::ReadRequest::kTailOffset:
      cursor_.seq_num = tail.seq_num() - std::min(request.tail_offset(), tail.seq_num());
      break;
    case rpc::v1::ReadRequest::START_NOT_SET:
      cursor_.seq_num = tail.seq_num();
      break;
  }
  if (beyond && !request.clamp()) return Unwritten(tail);
  if (beyond) cursor_.seq_num = tail.seq_num();
  if (cursor_.seq_num == tail.seq_num() && !may_follow_) return Unwritten(tail);
  return absl::OkStatus();
}

ReadStep Reader::Next(const StreamLog& log, absl::Time now) {
  while (!exhausted() && !ended_) {
    const v1::StreamPosition& tail = log.tail();
    if (following_) {
      if (cursor_.seq_num == tail.seq_num()) {
        if (now >= wait_deadline_) break;
        return {ReadStep::Kind::kIdle, {}, tail, wait_deadline_};
      }
      v1::StreamPosition batch_tail;
      std::optional<EncodedBatch> batch = log.Live(cursor_, limit_, batch_tail);
      if (!batch) {
        following_ = false;
        target_ = tail.seq_num();
        continue;
      }
      ended_ = batch->limited;
      if (batch->count == 0) break;
      ReadStep step = Deliver(*std::move(batch), now);
      step.tail = batch_tail;
      return step;
    }
    if (cursor_.seq_num < target_) {
      EncodedBatch batch = log.Scan(cursor_, target_, limit_);
      if (batch.count > 0) return Deliver(std::move(batch), now);
      if (batch.limited) break;
      cursor_ = {target_};
      continue;
    }
    if (!may_follow_) break;
    if (cursor_.seq_num != tail.seq_num()) {
      target_ = tail.seq_num();
      continue;
    }
    if (!wait_armed_ && wait_) wait_deadline_ = now + *wait_;
    wait_armed_ = true;
    if (now >= wait_deadline_) break;
    following_ = true;
    return {ReadStep::Kind::kHeartbeat, {}, tail, wait_deadline_};
  }
  ended_ = true;
  return {};
}

ReadStep Reader::Deliver(EncodedBatch batch, absl::Time now) {
  if (limit_.count != ReadLimit::kNone) limit_.count -= batch.count;
  if (limit_.bytes != ReadLimit::kNone) limit_.bytes -= batch.metered;
  wait_armed_ = true;
  if (wait_) wait_deadline_ = now + *wait_;
  return {ReadStep::Kind::kBatch, std::move(batch), std::nullopt, absl::InfiniteFuture()};
}

}  // namespace s2::emulator
