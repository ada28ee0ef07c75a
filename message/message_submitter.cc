// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/message/message_submitter.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/record/record.h"
#include "s2/retry/clock.h"
#include "s2/retry/error.h"
#include "s2/retry/internal/await_until.h"
#include "s2/retry/internal/forked.h"

namespace s2::internal {
namespace {

// The records in as few batches as S2's limits allow, in order.
std::vector<v1::AppendInput> Batches(std::vector<v1::AppendRecord> records) {
  std::vector<v1::AppendInput> batches;
  size_t bytes = 0;  // of the last batch
  for (v1::AppendRecord& record : records) {
    const size_t size = MeteredBytes(record);
    if (batches.empty() || bytes + size > kMaxBatchBytes ||
        batches.back().records_size() == static_cast<int>(kMaxBatchRecords)) {
      batches.emplace_back();
      bytes = 0;
    }
    *batches.back().add_records() = std::move(record);
    bytes += size;
  }
  return batches;
}

}  // namespace

absl::StatusOr<MessageTicket> MessageSubmitter::Submit(absl::string_view message,
                                                       absl::Time deadline) {
  if (Forked()) return ForkedError();
  absl::StatusOr<std::vector<v1::AppendRecord>> records = FrameMessage(message, framing_);
  if (!records.ok()) return records.status();
  {
    const auto free = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return !submitting_; };
    Clock& clock = *Clock::System();
    const absl::Time at = clock.FromWall(deadline);
    absl::MutexLock lock(mu_.get());
    if (!AwaitUntil(*mu_, absl::Condition(&free), clock, at)) {
      return absl::DeadlineExceededError("another message is still being submitted");
    }
    submitting_ = true;
  }
  // Numbers of a message that is not sent are left out, which readers do not mind.
  const absl::Status stamped = stamp_ ? stamp_->Stamp(*records) : absl::OkStatus();
  absl::StatusOr<MessageTicket> ticket =
      stamped.ok() ? SubmitAll(Batches(*std::move(records)), deadline) : stamped;
  absl::MutexLock lock(mu_.get());
  submitting_ = false;
  return ticket;
}

absl::StatusOr<MessageTicket> MessageSubmitter::SubmitAll(std::vector<v1::AppendInput> batches,
                                                          absl::Time deadline) {
  std::optional<AppendTicket> first, last;
  for (size_t i = 0; i < batches.size(); ++i) {
    absl::StatusOr<AppendTicket> ticket = session_.Submit(std::move(batches[i]), deadline);
    if (!ticket.ok()) {
      if (i == 0) return ticket.status();
      return WithContext(ticket.status(),
                         absl::StrCat("batch ", i + 1, " of ", batches.size(),
                                      " of the message (readers drop those before it)"));
    }
    if (!first) first = *ticket;
    last = *std::move(ticket);
  }
  return MessageTicket(*std::move(first), *std::move(last));
}

}  // namespace s2::internal
