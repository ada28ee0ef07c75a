// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/append/append_core.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/record/record.h"
#include "s2/record/validate.h"
#include "s2/retry/error.h"
#include "s2/session/internal/append/append_effect.h"

namespace s2::internal {
AppendCore::AppendCore(std::string name, std::shared_ptr<Transport> transport, Runtime runtime,
                       const AppendSessionOptions& options)
    : name_(absl::StrCat("append session on ", name)),
      transport_(std::move(transport)),
      clock_(runtime.clock),
      log_(runtime.log),
      options_(options),
      callbacks_(std::make_shared<SerialExecutor>(runtime.executor)),
      stamp_(options.policy == AppendRetryPolicy::kExactlyOnce
                 ? std::make_shared<const BatchStamp>(options.exactly_once, runtime.random)
                 : nullptr),
      permits_(options.max_unacked_bytes, options.max_unacked_batches),
      recovery_(options.policy, options.retry, runtime.random),
      exactly_once_(stamp_ == nullptr ? nullptr
                                      : std::make_unique<ExactlyOnce>(
                                            MakeErrandContext(std::move(name), transport_,
                                                              std::move(runtime), options),
                                            stamp_)) {}

void AppendCore::Start() {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    OpenLocked("start", actions);
  }
  Perform(std::move(actions));
}

absl::StatusOr<AppendTicket> AppendCore::Submit(v1::AppendInput&& input, absl::Time deadline) {
  return SubmitBatch(input, deadline);
}

absl::StatusOr<AppendTicket> AppendCore::TrySubmit(v1::AppendInput&& input) {
  return SubmitBatch(input, std::nullopt);
}

absl::StatusOr<AppendPermit> AppendCore::Reserve(size_t bytes, absl::Time deadline) {
  AppendActions actions;
  absl::Status status;
  {
    absl::MutexLock lock(&mu_);
    status = permits_.Check(bytes);
    if (status.ok()) status = TakeRoomLocked(bytes, nullptr, deadline, actions);
  }
  Perform(std::move(actions));
  if (!status.ok()) return status;
  return AppendPermit(shared_from_this(), bytes);
}

AppendReservation AppendCore::ReserveAsync(
    size_t bytes, absl::AnyInvocable<void(absl::StatusOr<AppendPermit>)> callback) {
  auto waiter = std::make_shared<PermitWaiter>(bytes);
  waiter->callback = std::move(callback);
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    waiter->refusal = permits_.Check(bytes);
    if (waiter->refusal.ok()) waiter->refusal = AdmitLocked();
    if (!waiter->refusal.ok()) {
      waiter->state = PermitWaiter::State::kRefused;
      WakeLocked(waiter, actions);
    } else {
      permits_.Wait(waiter);
      GrantLocked(actions);
    }
  }
  Perform(std::move(actions));
  return AppendReservation([weak = weak_from_this(), waiter] {
    if (auto core = weak.lock()) core->CancelReserve(waiter);
  });
}

absl::StatusOr<AppendTicket> AppendCore::SubmitReserved(size_t reserved, v1::AppendInput&& input) {
  absl::StatusOr<std::shared_ptr<AppendBatch>> batch = MakeBatch(input);
  if (!batch.ok()) return batch.status();
  const size_t bytes = (*batch)->bytes;
  AppendActions actions;
  absl::Status status;
  if (bytes > reserved) {
    status = MakeError(
        ErrorCode::kInvalid,
        absl::StrCat("records has ", bytes, " metered bytes; the permit is for ", reserved));
  } else {
    absl::MutexLock lock(&mu_);
    status = AdmitLocked();
    if (status.ok()) status = PushLocked(*batch, actions);
    if (status.ok()) {
      permits_.ReleaseBytes(reserved - bytes);
      GrantLocked(actions);
    }
  }
  Perform(std::move(actions));
  if (status.ok()) return AppendTicket(*std::move(batch));
  GiveBack(**batch, input);
  return status;
}

void AppendCore::Release(size_t reserved) {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    permits_.Release(reserved);
    GrantLocked(actions);
  }
  Perform(std::move(actions));
}

// `deadline` nothing: does not wait, kOverCapacity.
absl::StatusOr<AppendTicket> AppendCore::SubmitBatch(v1::AppendInput& input,
                                                     std::optional<absl::Time> deadline) {
  absl::StatusOr<std::shared_ptr<AppendBatch>> batch = MakeBatch(input);
  if (!batch.ok()) return batch.status();
  AppendActions actions;
  absl::Status status;
  {
    absl::MutexLock lock(&mu_);
    status = TakeRoomLocked((*batch)->bytes, *batch, deadline, actions);
  }
  Perform(std::move(actions));
  if (status.ok()) return AppendTicket(*std::move(batch));
  GiveBack(**batch, input);
  return status;
}

// Takes `input`, unless there is an error.
absl::StatusOr<std::shared_ptr<AppendBatch>> AppendCore::MakeBatch(v1::AppendInput& input) const {
  if (stamp_ != nullptr) {
    if (absl::Status s = stamp_->Add(input); !s.ok()) return s;
  }
  if (absl::Status s = Validate(input); !s.ok()) {
    if (stamp_ != nullptr) stamp_->Remove(input);
    return s;
  }
  const size_t bytes = MeteredBytes(input);
  return std::make_shared<AppendBatch>(callbacks_, std::move(input), bytes);
}

// A batch that was not pushed.
void AppendCore::GiveBack(AppendBatch& batch, v1::AppendInput& input) const {
  input = std::move(batch.input);
  if (stamp_ != nullptr) stamp_->Remove(input);
}

// May a batch be submitted now?
absl::Status AppendCore::AdmitLocked() const {
  if (!error_.ok()) return WithEffect(error_, false);
  if (EndedLocked())
    return WithContext(MakeError(ErrorCode::kSessionClosed, "it is closed"), name_);
  if (!closing_) return absl::OkStatus();
  return WithContext(MakeError(ErrorCode::kSessionClosing, "Close was called"), name_);
}

// Takes the room of one batch. `batch` is pushed as soon as there is room, so that it keeps its
// place even before its thread wakes; null: nothing is.
absl::Status AppendCore::TakeRoomLocked(size_t bytes, const std::shared_ptr<AppendBatch>& batch,
                                        std::optional<absl::Time> deadline,
                                        AppendActions& actions) {
  if (absl::Status s = AdmitLocked(); !s.ok()) return s;
  if (permits_.TryTake(bytes)) {
    if (batch == nullptr) return absl::OkStatus();
    absl::Status pushed = PushLocked(batch, actions);
    if (!pushed.ok()) permits_.Release(bytes);
    return pushed;
  }
  if (!deadline.has_value()) {
    return WithContext(MakeError(ErrorCode::kOverCapacity, permits_.Describe(bytes)), name_);
  }
  auto waiter = std::make_shared<PermitWaiter>(bytes);
  waiter->batch = batch;
  return WaitTurnLocked(waiter, *deadline, actions);
}

absl::Status AppendCore::WaitTurnLocked(const std::shared_ptr<PermitWaiter>& waiter,
                                        absl::Time deadline, AppendActions& actions) {
  permits_.Wait(waiter);
  while (waiter->state == PermitWaiter::State::kWaiting) {
    const bool late = waiter->turn.WaitWithDeadline(&mu_, deadline);
    if (!late || waiter->state != PermitWaiter::State::kWaiting) continue;
    permits_.Leave(*waiter);
    GrantLocked(actions);
    return WithContext(absl::DeadlineExceededError(absl::StrCat("no room by the deadline: ",
                                                                permits_.Describe(waiter->bytes))),
                       name_);
  }
  return waiter->refusal;
}

// Error: only under kExactlyOnce.
absl::Status AppendCore::PushLocked(std::shared_ptr<AppendBatch> batch, AppendActions& actions) {
  if (exactly_once_ != nullptr) {
    if (absl::Status s = exactly_once_->pins().Admit(*batch); !s.ok()) return s;
  }
  const absl::Time now = clock_->Now();
  batch->submitted_at = now;
  ++submitted_;
  stats_.unacked_bytes += batch->bytes;
  ++stats_.unacked_batches;
  inflight_.Push(std::move(batch));
  if (state_ == State::kIdle) {
    OpenLocked("a batch was submitted", actions);
  } else {
    WriteLocked(now, actions);
  }
  return absl::OkStatus();
}

void AppendCore::GrantLocked(AppendActions& actions) {
  while (std::shared_ptr<PermitWaiter> waiter = permits_.Grant()) {
    if (waiter->batch != nullptr) waiter->refusal = PushLocked(waiter->batch, actions);
    if (!waiter->refusal.ok()) {
      waiter->state = PermitWaiter::State::kRefused;
      permits_.Release(waiter->bytes);
    }
    WakeLocked(waiter, actions);
  }
}

void AppendCore::RefuseWaitersLocked(const absl::Status& refusal, AppendActions& actions) {
  while (std::shared_ptr<PermitWaiter> waiter = permits_.Refuse(refusal)) {
    WakeLocked(waiter, actions);
  }
}

// Its state has changed.
void AppendCore::WakeLocked(const std::shared_ptr<PermitWaiter>& waiter, AppendActions& actions) {
  if (waiter->callback == nullptr) {
    waiter->turn.Signal();
    return;
  }
  callbacks_->Add([core = shared_from_this(), waiter] { core->Deliver(*waiter); });
  actions.kick = true;
}

// On the executor: tells one that reserved what became of it.
void AppendCore::Deliver(PermitWaiter& waiter) {
  absl::Status refusal;
  {
    absl::MutexLock lock(&mu_);
    if (waiter.state == PermitWaiter::State::kGranted) {
      waiter.state = PermitWaiter::State::kDelivered;
    }
    refusal = waiter.refusal;
  }
  if (refusal.ok()) {
    waiter.callback(AppendPermit(shared_from_this(), waiter.bytes));
  } else {
    waiter.callback(refusal);
  }
  waiter.callback = nullptr;
}

void AppendCore::CancelReserve(const std::shared_ptr<PermitWaiter>& waiter) {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    const PermitWaiter::State before = waiter->state;
    switch (before) {
      case PermitWaiter::State::kWaiting:
        permits_.Leave(*waiter);
        WakeLocked(waiter, actions);
        break;
      case PermitWaiter::State::kGranted:
        permits_.Release(waiter->bytes);
        break;
      case PermitWaiter::State::kDelivered:
      case PermitWaiter::State::kRefused:
        return;
    }
    waiter->state = PermitWaiter::State::kRefused;
    waiter->refusal = WithContext(absl::CancelledError("the reservation was cancelled"), name_);
    GrantLocked(actions);
  }
  Perform(std::move(actions));
}

absl::Status AppendCore::status() const {
  absl::MutexLock lock(&mu_);
  return error_;
}

AppendSessionStats AppendCore::Stats() const {
  absl::MutexLock lock(&mu_);
  return stats_;
}

}  // namespace s2::internal
