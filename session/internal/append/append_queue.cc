// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/append/append_queue.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"
#include "s2/retry/internal/await_until.h"
#include "s2/session/internal/append/append_effect.h"

namespace s2::internal {

AppendQueue::AppendQueue(std::string name, std::shared_ptr<Clock> clock,
                         const AppendSessionOptions& options,
                         std::shared_ptr<SerialExecutor> callbacks, ExactlyOnce* exactly_once)
    : name_(std::move(name)),
      clock_(std::move(clock)),
      callbacks_(std::move(callbacks)),
      exactly_once_(exactly_once),
      permits_(options.max_unacked_bytes, options.max_unacked_batches) {}

absl::Status AppendQueue::TakeRoom(size_t bytes, const std::shared_ptr<AppendBatch>& batch,
                                   std::optional<absl::Time> deadline, absl::Mutex& mu) {
  if (permits_.TryTake(bytes)) {
    if (batch == nullptr) return absl::OkStatus();
    absl::Status pushed = Push(batch);
    if (!pushed.ok()) permits_.Release(bytes);
    return pushed;
  }
  if (!deadline.has_value()) {
    return WithContext(MakeError(ErrorCode::kOverCapacity, permits_.Describe(bytes)), name_);
  }
  auto waiter = std::make_shared<PermitWaiter>(bytes);
  waiter->batch = batch;
  return AwaitTurn(waiter, *deadline, mu);
}

// Error: only under kExactlyOnce.
absl::Status AppendQueue::Push(std::shared_ptr<AppendBatch> batch) {
  if (exactly_once_ != nullptr) {
    if (absl::Status s = exactly_once_->Admit(*batch); !s.ok()) return s;
  }
  batch->submitted_at = clock_->Now();
  figures_.unacked_bytes += batch->bytes;
  ++figures_.unacked_batches;
  inflight_.Push(std::move(batch));
  return absl::OkStatus();
}

absl::Status AppendQueue::AwaitTurn(const std::shared_ptr<PermitWaiter>& waiter,
                                    absl::Time deadline, absl::Mutex& mu) {
  permits_.Wait(waiter);
  const auto decided = [&waiter] { return waiter->state != PermitWaiter::State::kWaiting; };
  if (AwaitUntil(mu, absl::Condition(&decided), *clock_, clock_->FromWall(deadline),
                 &waiter->turn)) {
    return waiter->refusal;
  }
  permits_.Leave(*waiter);
  Grant();
  const absl::Status late = absl::DeadlineExceededError(
      absl::StrCat("no room by the deadline: ", permits_.Describe(waiter->bytes)));
  return WithContext(WithEffect(late, false), name_);
}

void AppendQueue::TakeRoomAsync(std::shared_ptr<PermitWaiter> waiter) {
  permits_.Wait(std::move(waiter));
  Grant();
}

void AppendQueue::Refuse(PermitWaiter& waiter, const absl::Status& refusal) {
  waiter.state = PermitWaiter::State::kRefused;
  waiter.refusal = refusal;
  Wake(waiter);
}

void AppendQueue::Cancel(PermitWaiter& waiter) {
  const absl::Status cancelled = absl::CancelledError("the reservation was cancelled");
  const absl::Status refusal = WithContext(WithEffect(cancelled, false), name_);
  switch (waiter.state) {
    case PermitWaiter::State::kWaiting:
      permits_.Leave(waiter);
      Refuse(waiter, refusal);
      break;
    case PermitWaiter::State::kGranted:
      permits_.Release(waiter.bytes);
      waiter.state = PermitWaiter::State::kRefused;
      waiter.refusal = refusal;
      break;
    case PermitWaiter::State::kDelivered:
    case PermitWaiter::State::kRefused:
      return;
  }
  Grant();
}

absl::Status AppendQueue::PushReserved(std::shared_ptr<AppendBatch> batch, size_t reserved) {
  const size_t bytes = batch->bytes;
  if (absl::Status s = Push(std::move(batch)); !s.ok()) return s;
  permits_.ReleaseBytes(reserved - bytes);
  Grant();
  return absl::OkStatus();
}

void AppendQueue::Release(size_t reserved) {
  permits_.Release(reserved);
  Grant();
}

void AppendQueue::RefuseAll(const absl::Status& refusal) {
  while (const std::shared_ptr<PermitWaiter> waiter = permits_.Refuse(refusal)) Wake(*waiter);
}

void AppendQueue::Grant() {
  while (const std::shared_ptr<PermitWaiter> waiter = permits_.Grant()) {
    if (waiter->batch != nullptr) waiter->refusal = Push(waiter->batch);
    if (!waiter->refusal.ok()) {
      waiter->state = PermitWaiter::State::kRefused;
      permits_.Release(waiter->bytes);
    }
    Wake(*waiter);
  }
}

void AppendQueue::Wake(PermitWaiter& waiter) {
  if (waiter.wake == nullptr) return waiter.turn.Signal();
  callbacks_->Add(std::exchange(waiter.wake, nullptr));
}

std::shared_ptr<AppendBatch> AppendQueue::NextToWrite() {
  std::shared_ptr<AppendBatch> batch = inflight_.NextToWrite();
  if (batch != nullptr && exactly_once_ != nullptr) exactly_once_->Pin(*batch);
  return batch;
}

void AppendQueue::OnAck(v1::AppendAck&& ack, absl::Time now, AppendActions& actions) {
  std::shared_ptr<AppendBatch> batch = inflight_.Pop(ack);
  Acked(std::move(batch), std::move(ack), now, actions);
}

void AppendQueue::OnSettled(v1::AppendAck&& ack, absl::Time now, AppendActions& actions) {
  std::shared_ptr<AppendBatch> batch = inflight_.PopSettled(ack);
  Acked(std::move(batch), std::move(ack), now, actions);
}

void AppendQueue::Acked(std::shared_ptr<AppendBatch> batch, v1::AppendAck&& ack, absl::Time now,
                        AppendActions& actions) {
  if (exactly_once_ != nullptr) exactly_once_->OnAck(*batch);
  const absl::Duration latency = now - batch->submitted_at;
  figures_.unacked_bytes -= batch->bytes;
  --figures_.unacked_batches;
  figures_.acked_bytes += batch->bytes;
  ++figures_.acked_batches;
  figures_.acked_records += batch->records;
  figures_.last_ack_latency = latency;
  figures_.max_ack_latency = std::max(figures_.max_ack_latency, latency);
  figures_.total_ack_latency += latency;
  Resolve(batch, std::move(ack), actions);
  permits_.Release(batch->bytes);
  Grant();
  if (batch->writes == 0) actions.finished.push_back(std::move(batch));
}

void AppendQueue::FailAll(const absl::Status& error, AppendActions& actions) {
  if (empty()) return;
  const absl::Status possible = WithEffect(error, true);
  const absl::Status none = WithEffect(error, false);
  for (const std::shared_ptr<AppendBatch>& batch : inflight_.batches()) {
    Resolve(batch, batch->marked ? possible : none, actions);
  }
}

void AppendQueue::Resolve(const std::shared_ptr<AppendBatch>& batch, TicketState::Result result,
                          AppendActions& actions) {
  batch->Resolve(std::move(result));
  if (batch->awaited()) actions.awaited.push_back(batch);
}

std::vector<UnackedBatch> AppendQueue::TakeAll() {
  std::vector<UnackedBatch> result;
  const AppendBatches batches = inflight_.TakeAll();
  result.reserve(batches.size());
  for (const std::shared_ptr<AppendBatch>& batch : batches) {
    UnackedBatch& unacked = result.emplace_back();
    unacked.may_have_effect = batch->marked;
    if (batch->writes == 0) {
      unacked.input = std::move(batch->input);
    } else {
      unacked.input = batch->input;
    }
    if (exactly_once_ != nullptr) exactly_once_->TakeBack(*batch, unacked.input);
  }
  return result;
}

}  // namespace s2::internal
