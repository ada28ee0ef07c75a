// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/append/append_core.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"
#include "s2/retry/internal/await_until.h"
#include "s2/session/internal/append/append_effect.h"

namespace s2::internal {
namespace {

// The error of a flush that has come to its deadline.
absl::Status LateFlush(uint64_t unacked) {
  return absl::DeadlineExceededError(absl::StrCat(unacked, " batches are not acked yet"));
}

}  // namespace

AppendCore::AppendCore(const std::string& name, std::shared_ptr<Transport> transport,
                       const Runtime& runtime, const AppendSessionOptions& options,
                       std::unique_ptr<ExactlyOnce> exactly_once)
    : name_(absl::StrCat("append session on ", name)),
      transport_(std::move(transport)),
      clock_(runtime.clock),
      log_(runtime.log),
      callbacks_(std::make_shared<SerialExecutor>(runtime.executor)),
      exactly_once_(std::move(exactly_once)),
      batches_(std::make_shared<const TicketContext>(callbacks_, clock_),
               exactly_once_ == nullptr ? nullptr : exactly_once_->stamp()),
      queue_(name_, clock_, options, callbacks_, exactly_once_.get()),
      stream_(clock_, options),
      ending_(clock_, callbacks_),
      recovery_(options.policy, options.retry, runtime.random),
      timer_(clock_) {}

void AppendCore::Start() {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    timer_.Start([weak = weak_from_this()] {
      if (auto core = weak.lock()) core->OnTimer();
    });
    ending_.Start([weak = weak_from_this()] {
      if (auto core = weak.lock()) core->OnEndingTimer();
    });
    if (exactly_once_ != nullptr) exactly_once_->Start(weak_from_this());
    OpenLocked("start", actions);
  }
  Perform(std::move(actions));
}

absl::StatusOr<AppendTicket> AppendCore::Submit(v1::AppendInput& input,
                                                std::optional<absl::Time> deadline) {
  absl::StatusOr<std::shared_ptr<AppendBatch>> batch = batches_.Make(input);
  if (!batch.ok()) return batch.status();
  AppendActions actions;
  absl::Status status;
  {
    absl::MutexLock lock(&mu_);
    status = AdmitLocked();
    if (status.ok()) status = queue_.TakeRoom((*batch)->bytes, *batch, deadline, mu_);
    WriteLocked(clock_->Now(), actions);
  }
  Perform(std::move(actions));
  if (status.ok()) return AppendTicket(*std::move(batch));
  batches_.GiveBack(**batch, input);
  return status;
}

absl::StatusOr<AppendPermit> AppendCore::Reserve(size_t bytes, absl::Time deadline) {
  AppendActions actions;
  absl::Status status;
  {
    absl::MutexLock lock(&mu_);
    status = queue_.Check(bytes);
    if (status.ok()) status = AdmitLocked();
    if (status.ok()) status = queue_.TakeRoom(bytes, nullptr, deadline, mu_);
    // One that gives up its place lets those behind it pass.
    WriteLocked(clock_->Now(), actions);
  }
  Perform(std::move(actions));
  if (!status.ok()) return status;
  return AppendPermit(shared_from_this(), bytes);
}

AppendReservation AppendCore::ReserveAsync(
    size_t bytes, absl::AnyInvocable<void(absl::StatusOr<AppendPermit>)> callback) {
  auto waiter = std::make_shared<PermitWaiter>(bytes);
  // On the executor.
  waiter->wake = [self = shared_from_this(), waiter, callback = std::move(callback)]() mutable {
    absl::Status refusal;
    {
      absl::MutexLock lock(&self->mu_);
      refusal = waiter->Deliver();
    }
    if (!refusal.ok()) return callback(std::move(refusal));
    callback(AppendPermit(self, waiter->bytes));
  };
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    absl::Status refusal = queue_.Check(bytes);
    if (refusal.ok()) refusal = AdmitLocked();
    if (refusal.ok()) {
      queue_.TakeRoomAsync(waiter);
    } else {
      queue_.Refuse(*waiter, refusal);
    }
  }
  Perform(std::move(actions));
  return AppendReservation([weak = weak_from_this(), waiter] {
    if (auto core = weak.lock()) core->CancelReservation(*waiter);
  });
}

void AppendCore::CancelReservation(PermitWaiter& waiter) {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    queue_.Cancel(waiter);
    WriteLocked(clock_->Now(), actions);
  }
  Perform(std::move(actions));
}

absl::StatusOr<AppendTicket> AppendCore::SubmitReserved(SubmitReservedParams params) {
  absl::StatusOr<std::shared_ptr<AppendBatch>> batch = batches_.Make(params.input);
  if (!batch.ok()) return batch.status();
  const size_t bytes = (*batch)->bytes;
  AppendActions actions;
  absl::Status status;
  if (bytes > params.reserved) {
    status = MakeError(
        ErrorCode::kInvalid,
        absl::StrCat("records has ", bytes, " metered bytes; the permit is for ", params.reserved));
  } else {
    absl::MutexLock lock(&mu_);
    status = AdmitLocked();
    if (status.ok()) status = queue_.PushReserved(*batch, params.reserved);
    WriteLocked(clock_->Now(), actions);
  }
  Perform(std::move(actions));
  if (status.ok()) return AppendTicket(*std::move(batch));
  batches_.GiveBack(**batch, params.input);
  return status;
}

void AppendCore::Release(ReleaseParams params) {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    queue_.Release(params.reserved);
    WriteLocked(clock_->Now(), actions);
  }
  Perform(std::move(actions));
}

absl::Status AppendCore::Flush(absl::Time deadline) {
  const absl::Time at = clock_->FromWall(deadline);
  absl::MutexLock lock(&mu_);
  const uint64_t batches = queue_.submitted();
  const auto over = [this, batches]() ABSL_SHARED_LOCKS_REQUIRED(mu_) {
    return queue_.acked() >= batches || EndedLocked();
  };
  if (!AwaitUntil(mu_, absl::Condition(&over), *clock_, at)) {
    return WithContext(LateFlush(batches - queue_.acked()), name_);
  }
  return queue_.acked() >= batches ? absl::OkStatus() : error_;
}

void AppendCore::FlushAsync(absl::Time deadline, absl::AnyInvocable<void(absl::Status)> callback) {
  {
    absl::MutexLock lock(&mu_);
    const uint64_t batches = queue_.submitted();
    const absl::Time at = clock_->FromWall(deadline);
    if (queue_.acked() == batches) {
      ending_.Call(std::move(callback), absl::OkStatus());
    } else if (EndedLocked()) {
      ending_.Call(std::move(callback), error_);
    } else if (at <= clock_->Now()) {
      ending_.Call(std::move(callback), WithContext(LateFlush(batches - queue_.acked()), name_));
    } else {
      ending_.AddFlusher(batches, at, std::move(callback));
    }
  }
  Perform({});
}

absl::Status AppendCore::Close(absl::Time deadline) {
  const absl::Time at = clock_->FromWall(deadline);
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    BeginCloseLocked(actions);
  }
  Perform(std::exchange(actions, {}));
  absl::Status result;
  {
    absl::MutexLock lock(&mu_);
    if (!AwaitUntil(mu_, absl::Condition(this, &AppendCore::EndedLocked), *clock_, at)) {
      CloseTimeoutLocked(actions);
    }
    result = error_;
  }
  Perform(std::move(actions));
  return result;
}

void AppendCore::CloseAsync(absl::Time deadline, absl::AnyInvocable<void(absl::Status)> callback) {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    BeginCloseLocked(actions);
    const absl::Time at = clock_->FromWall(deadline);
    if (EndedLocked()) {
      ending_.Call(std::move(callback), error_);
    } else {
      ending_.AddCloser(at, std::move(callback));
      if (at <= clock_->Now()) CloseTimeoutLocked(actions);
    }
  }
  Perform(std::move(actions));
}

void AppendCore::Cancel(absl::string_view why) {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    EndLocked(WithContext(MakeError(ErrorCode::kSessionDropped, why), name_), why, actions);
  }
  Perform(std::move(actions));
}

std::vector<UnackedBatch> AppendCore::TakeUnacked() {
  absl::MutexLock lock(&mu_);
  if (!EndedLocked()) return {};
  return queue_.TakeAll();
}

absl::Status AppendCore::status() const {
  absl::MutexLock lock(&mu_);
  return error_;
}

AppendSessionStats AppendCore::Stats() const {
  absl::MutexLock lock(&mu_);
  AppendSessionStats stats = queue_.figures();
  stats.state = state_;
  if (state_ == State::kBackoff) {
    stats.next_attempt_in = std::max(retry_at_ - clock_->Now(), absl::ZeroDuration());
  }
  stats.attempts = attempts_;
  stats.last_error = last_error_;
  return stats;
}

// May a batch be submitted now?
absl::Status AppendCore::AdmitLocked() const {
  if (!error_.ok()) return WithEffect(error_, false);
  if (EndedLocked()) {
    return WithContext(MakeError(ErrorCode::kSessionClosed, "it is closed"), name_);
  }
  if (!ending_.closing()) return absl::OkStatus();
  return WithContext(MakeError(ErrorCode::kSessionClosing, "Close was called"), name_);
}

void AppendCore::BeginCloseLocked(AppendActions& actions) {
  if (ending_.closing() || EndedLocked()) return;
  ending_.BeginClose();
  queue_.RefuseAll(AdmitLocked());
  TryFinishLocked(actions);
}

void AppendCore::CloseTimeoutLocked(AppendActions& actions) {
  // Only the end of a write is missing: all is durable.
  if (queue_.empty()) return EndLocked(absl::OkStatus(), "all is acked", actions);
  const std::string what = absl::StrCat("Close gave up at its deadline with ",
                                        queue_.inflight().size(), " batches unacked");
  EndLocked(WithContext(MakeError(ErrorCode::kCloseTimeout, what), name_), what, actions);
}

void AppendCore::OnEndingTimer() {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    const absl::Time now = clock_->Now();
    while (std::optional<AppendEnding::Flusher> late = ending_.TakeLateFlusher(now)) {
      ending_.Call(std::move(late->callback),
                   WithContext(LateFlush(late->batches - queue_.acked()), name_));
    }
    if (ending_.CloseIsDue(now)) CloseTimeoutLocked(actions);
    ending_.Arm();
  }
  Perform(std::move(actions));
}

// Ends a session that is being closed as soon as all is durable. The half close lets the server
// end the stream; nobody waits for it.
void AppendCore::TryFinishLocked(AppendActions& actions) {
  if (!ending_.closing() || EndedLocked() || !queue_.empty() || stream_.writing()) return;
  if (state_ == State::kStreaming) stream_.HalfClose(actions);
  EndLocked(absl::OkStatus(), "all is acked", actions);
}

void AppendCore::OpenLocked(absl::string_view why, AppendActions& actions) {
  if (exactly_once_ != nullptr && !exactly_once_->claimed()) {
    return FollowLocked(exactly_once_->Claim(why), actions);
  }
  const absl::Time now = clock_->Now();
  ++attempts_;
  recovery_.OnAttempt(now);
  stream_.Open(weak_from_this(), now, actions);
  TransitionLocked(State::kOpening, why);
  timer_.Set(DeadlineLocked());
}

// The events of the call may have come already.
void AppendCore::OnOpened(const std::shared_ptr<AppendAttempt>& attempt,
                          std::shared_ptr<AppendCall> call) {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    if (!stream_.IsCurrent(*attempt)) {
      actions.cancel = std::move(call);
    } else {
      stream_.OnOpened(std::move(call));
      stream_.Read(actions);
      WriteLocked(clock_->Now(), actions);
    }
  }
  Perform(std::move(actions));
}

void AppendCore::OnAccepted(AppendAttempt& attempt) {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    if (!stream_.IsCurrent(attempt)) return;
    stream_.OnAccepted();
    TransitionLocked(State::kStreaming, "accepted");
    WriteLocked(clock_->Now(), actions);
  }
  Perform(std::move(actions));
}

// Has the next batch written, if it can be now; an idle session opens a stream for it.
void AppendCore::WriteLocked(absl::Time now, AppendActions& actions) {
  if (state_ == State::kIdle && !queue_.empty()) {
    return OpenLocked("a batch was submitted", actions);
  }
  stream_.Write(queue_, now, actions);
  timer_.Set(DeadlineLocked());
}

void AppendCore::OnWrite(AppendAttempt& attempt, bool ok) {
  const absl::Time now = clock_->Now();
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    if (attempt.writing == nullptr) return;
    if (!stream_.IsCurrent(attempt)) {
      attempt.EndWrite(actions.finished);
    } else {
      stream_.OnWrite(ok, now, actions);
      WriteLocked(now, actions);
      TryFinishLocked(actions);
    }
  }
  Perform(std::move(actions));
}

void AppendCore::OnRead(AppendAttempt& attempt, bool ok) {
  const absl::Time now = clock_->Now();
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    if (!ok || !stream_.IsCurrent(attempt)) return;  // OnDone says why
    if (absl::Status s = queue_.inflight().CheckAck(attempt.ack); !s.ok()) {
      FailAttemptLocked(s, actions);
    } else {
      stream_.OnAck(now);
      queue_.OnAck(std::move(attempt.ack), now, actions);
      AckedLocked(now);
      stream_.Read(actions);
      WriteLocked(now, actions);
      TryFinishLocked(actions);
    }
  }
  Perform(std::move(actions));
}

// A batch was acked, by the stream or by what was read back.
void AppendCore::AckedLocked(absl::Time now) {
  recovery_.OnProgress(now);
  ending_.OnAcked(queue_.acked());
}

void AppendCore::OnDone(AppendAttempt& attempt, const absl::Status& status) {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    attempt.EndWrite(actions.finished);
    if (stream_.IsCurrent(attempt)) AttemptOverLocked(status, actions);
  }
  Perform(std::move(actions));
}

// We give the attempt up, and do not wait for its OnDone.
void AppendCore::FailAttemptLocked(const absl::Status& error, AppendActions& actions) {
  stream_.Cancel(actions);
  AttemptOverLocked(error, actions);
}

void AppendCore::AttemptOverLocked(const absl::Status& status, AppendActions& actions) {
  stream_.End(actions);
  if (ending_.closing() && queue_.empty()) return TryFinishLocked(actions);
  if (queue_.empty() && (status.ok() || IsRetryable(status))) {
    if (!status.ok()) last_error_ = status;
    queue_.EndAttempt(status);
    recovery_.OnIdle();
    return TransitionLocked(State::kIdle, status.ok() ? "the server ended it" : status.message());
  }
  const absl::Status error =
      status.ok() ? MakeError(ErrorCode::kStreamClosedEarly,
                              absl::StrCat("the server ended the stream with ",
                                           queue_.inflight().size(), " batches unacked"))
                  : status;
  last_error_ = error;
  queue_.EndAttempt(error);
  const absl::Time now = clock_->Now();
  const RecoveryStep step = recovery_.OnFailure(error, queue_.any_marked(), now);
  switch (step.kind) {
    case RecoveryStep::Kind::kReopen:
      return OpenLocked(Describe(step, error), actions);
    case RecoveryStep::Kind::kPause:
      retry_at_ = now + step.pause;
      TransitionLocked(State::kBackoff, Describe(step, error));
      return timer_.Set(DeadlineLocked());
    case RecoveryStep::Kind::kGiveUp:
      if (exactly_once_ == nullptr) return GiveUpLocked(error, actions);
      return FollowLocked(exactly_once_->OnFailure(error, queue_.inflight().batches()), actions);
  }
}

void AppendCore::OnAppended(const Errand& errand, const absl::StatusOr<v1::AppendAck>& answer) {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    if (&errand != exactly_once_->errand().get()) return;
    actions.answered = exactly_once_->errand();
    FollowLocked(exactly_once_->OnAppended(answer, queue_.inflight().batches()), actions);
  }
  Perform(std::move(actions));
}

void AppendCore::OnReadBack(const Errand& errand, absl::StatusOr<ReadResult> answer) {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    if (&errand != exactly_once_->errand().get()) return;
    actions.answered = exactly_once_->errand();
    FollowLocked(exactly_once_->OnReadBack(std::move(answer), queue_.inflight().batches()),
                 actions);
  }
  Perform(std::move(actions));
}

// Does what exactly_once_ has decided.
void AppendCore::FollowLocked(ExactlyOnce::Step step, AppendActions& actions) {
  using Kind = ExactlyOnce::Step::Kind;
  while (step.kind == Kind::kAck) {
    const absl::Time now = clock_->Now();
    queue_.OnSettled(std::move(step.ack), now, actions);
    AckedLocked(now);
    step = exactly_once_->Judge(queue_.inflight().batches());
  }
  switch (step.kind) {
    case Kind::kAck:
      return;  // not here: see above
    case Kind::kAsk:
      actions.ask = exactly_once_->errand();
      return TransitionLocked(State::kSettling, step.why);
    case Kind::kAskForMore:
      actions.ask = exactly_once_->errand();
      return;
    case Kind::kOpen:
      return OpenLocked(step.why, actions);
    case Kind::kGoOn:
      if (!queue_.empty()) return OpenLocked("settled", actions);
      if (ending_.closing()) return TryFinishLocked(actions);
      recovery_.OnIdle();
      return TransitionLocked(State::kIdle, "settled");
    case Kind::kClaimFailed:
      last_error_ = step.error;
      if (queue_.empty() && IsRetryable(step.error)) {
        return TransitionLocked(State::kIdle, step.error.message());
      }
      return EndLocked(step.error, step.error.message(), actions);
    case Kind::kGiveUp:
      if (ending_.closing() && queue_.empty()) return TryFinishLocked(actions);
      return GiveUpLocked(step.error, actions);
  }
}

void AppendCore::GiveUpLocked(const absl::Status& error, AppendActions& actions) {
  EndLocked(recovery_.Final(error, name_, clock_->Now()),
            Describe({RecoveryStep::Kind::kGiveUp, {}}, error), actions);
}

// The end. An error is stored before any ticket fails.
void AppendCore::EndLocked(const absl::Status& error, absl::string_view why,
                           AppendActions& actions) {
  if (EndedLocked()) return;
  stream_.Cancel(actions);
  if (exactly_once_ != nullptr && exactly_once_->errand() != nullptr) {
    actions.answered = exactly_once_->errand();
    exactly_once_->End();
  }
  timer_.Cancel();
  queue_.EndAttempt(error);
  if (!error.ok()) error_ = WithEffect(error, queue_.any_marked());
  TransitionLocked(State::kEnded, why);
  queue_.FailAll(error_, actions);
  ending_.OnEnded(error_);
  queue_.RefuseAll(AdmitLocked());
}

// When the state of things, left as it is, calls for action.
absl::Time AppendCore::DeadlineLocked() const {
  switch (state_) {
    case State::kOpening:
      return stream_.OpenDeadline();
    case State::kStreaming:
      return stream_.AckDeadline(queue_.inflight());
    case State::kBackoff:
      return retry_at_;
    case State::kSettling:
    case State::kIdle:
    case State::kEnded:
      return absl::InfiniteFuture();
  }
  return absl::InfiniteFuture();
}

void AppendCore::OnTimer() {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    timer_.Set(DeadlineLocked());
    if (!timer_.Due()) return;
    actions.silent = true;
    switch (state_) {
      case State::kOpening:
        FailAttemptLocked(stream_.OpenTimeout(), actions);
        break;
      case State::kStreaming:
        FailAttemptLocked(stream_.AckTimeout(queue_.inflight()), actions);
        break;
      case State::kBackoff:
        OpenLocked("the pause is over", actions);
        break;
      case State::kSettling:
      case State::kIdle:
      case State::kEnded:
        break;
    }
  }
  Perform(std::move(actions));
}

void AppendCore::TransitionLocked(State to, absl::string_view why) {
  if (log_) {
    callbacks_->Add([log = log_, line = absl::StrCat(name_, ": ", Name(state_), " -> ", Name(to),
                                                     ": ", why)] { log(line); });
  }
  state_ = to;
}

void AppendCore::Perform(AppendActions&& actions) {
  if (actions.cancel != nullptr) {
    actions.silent ? actions.cancel->Abandon() : actions.cancel->Cancel();
  }
  if (actions.read != nullptr) actions.call->Read(&actions.read->ack);
  if (actions.write != nullptr) actions.call->Write(actions.write->input, actions.more_follows);
  if (actions.writes_done) actions.call->WritesDone();
  if (actions.open != nullptr) OnOpened(actions.open, transport_->Append(actions.open));
  if (actions.ask != nullptr) actions.ask->Ask();
  for (const std::shared_ptr<AppendBatch>& batch : actions.awaited) batch->Wake();
  for (const auto& batch : actions.finished) v1::AppendInput().Swap(&batch->input);
  callbacks_->Kick();
}

}  // namespace s2::internal
