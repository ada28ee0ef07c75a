// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/append/inflight.h"

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"

namespace s2::internal {
namespace {

// How many of the batches that an attempt wrote, from its first, may have been accepted.
uint64_t MayBeAccepted(const absl::Status& error) {
  const std::optional<uint64_t> forwarded = ReconnectForwarded(error);
  if (forwarded.has_value() && IsRetryable(error)) return *forwarded;
  return HasNoSideEffects(error) ? 0 : std::numeric_limits<uint64_t>::max();
}

absl::Status InvalidAck(absl::string_view what) {
  return MakeError(ErrorCode::kInvalidAck, absl::StrCat("invalid ack: ", what));
}

}  // namespace

std::shared_ptr<AppendBatch> Inflight::NextToWrite() {
  if (!has_unwritten()) return nullptr;
  return batches_[written_++];
}

absl::Status Inflight::CheckAck(const v1::AppendAck& ack) const {
  if (written_ == 0) return InvalidAck("no batch is waiting for one");
  if (!ack.has_start() || !ack.has_end()) return InvalidAck("start or end is missing");
  const AppendBatch& head = *batches_.front();
  const uint64_t start = ack.start().seq_num();
  const uint64_t end = ack.end().seq_num();
  if (end < start || end - start != head.records) {
    return InvalidAck(absl::StrCat("it covers [", start, ", ", end, "); the batch has ",
                                   head.records, " records"));
  }
  if (previous_end_.has_value() && start < *previous_end_) {
    return InvalidAck(
        absl::StrCat("it starts at ", start, "; the batch before it ended at ", *previous_end_));
  }
  if (head.input.has_match_seq_num() && start != head.input.match_seq_num()) {
    return InvalidAck(absl::StrCat("it starts at ", start, "; the batch's match_seq_num is ",
                                   head.input.match_seq_num()));
  }
  if (ack.has_tail() && ack.tail().seq_num() < end) {
    return InvalidAck(
        absl::StrCat("its tail is ", ack.tail().seq_num(), "; the batch ends at ", end));
  }
  return absl::OkStatus();
}

std::shared_ptr<AppendBatch> Inflight::Pop(const v1::AppendAck& ack) {
  --written_;
  ++acked_;
  return PopSettled(ack);
}

std::shared_ptr<AppendBatch> Inflight::PopSettled(const v1::AppendAck& ack) {
  std::shared_ptr<AppendBatch> head = std::move(batches_.front());
  batches_.pop_front();
  head->acked = true;
  previous_end_ = ack.end().seq_num();
  return head;
}

void Inflight::EndAttempt(const absl::Status& error) {
  const uint64_t accepted = MayBeAccepted(error);
  for (size_t i = 0; i < written_; ++i) {
    AppendBatch& batch = *batches_[i];
    if (acked_ + i < accepted) batch.marked = true;
    batch.written_at = absl::InfiniteFuture();
  }
  written_ = 0;
  acked_ = 0;
}

AppendBatches Inflight::TakeAll() {
  written_ = 0;
  return std::exchange(batches_, {});
}

}  // namespace s2::internal
