// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"
#include "s2/session/internal/append/append_core.h"

namespace s2::internal {

void AppendCore::OpenLocked(absl::string_view why, AppendActions& actions) {
  if (exactly_once_ != nullptr && !exactly_once_->claimed()) {
    return AskLocked(exactly_once_->MakeClaim(weak_from_this()), why, actions);
  }
  attempt_ = std::make_shared<AppendAttempt>(weak_from_this());
  opened_at_ = clock_->Now();
  ++stats_.attempts;
  recovery_.OnOpen(opened_at_);
  TransitionLocked(State::kOpening, why, actions);
  actions.open = attempt_;
  ArmLocked();
}

// The events of the call may have come already.
void AppendCore::OnOpened(const std::shared_ptr<AppendAttempt>& attempt,
                          std::shared_ptr<AppendCall> call) {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    if (attempt != attempt_) {
      actions.cancel = std::move(call);
    } else {
      call_ = std::move(call);
      actions.call = call_;
      actions.read = attempt;
      WriteLocked(clock_->Now(), actions);
    }
  }
  Perform(std::move(actions));
}

void AppendCore::OnAccepted(AppendAttempt& attempt) {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    if (&attempt != attempt_.get()) return;
    attempt.writable = true;
    TransitionLocked(State::kStreaming, "accepted", actions);
    WriteLocked(clock_->Now(), actions);
  }
  Perform(std::move(actions));
}

void AppendCore::WriteLocked(absl::Time now, AppendActions& actions) {
  if (call_ == nullptr || !attempt_->writable || attempt_->writing != nullptr) return;
  std::shared_ptr<AppendBatch> batch = inflight_.NextToWrite();
  if (batch == nullptr) return;
  if (exactly_once_ != nullptr) exactly_once_->pins().Pin(*batch);
  write_began_at_ = now;
  ++batch->writes;
  attempt_->writing = batch;
  actions.call = call_;
  actions.write = std::move(batch);
  actions.more_follows = inflight_.has_unwritten();
  ArmLocked();
}

void AppendCore::OnWrite(AppendAttempt& attempt, bool ok) {
  const absl::Time now = clock_->Now();
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    if (attempt.writing == nullptr) return;
    const bool current = &attempt == attempt_.get();
    if (current) attempt.writing->written_at = now;
    WriteOverLocked(attempt, actions);
    if (current) {
      attempt.writable = ok;
      WriteLocked(now, actions);
      TryFinishLocked(actions);
      ArmLocked();
    }
  }
  Perform(std::move(actions));
}

void AppendCore::WriteOverLocked(AppendAttempt& attempt, AppendActions& actions) {
  std::shared_ptr<AppendBatch> batch = std::move(attempt.writing);
  if (batch == nullptr) return;
  if (--batch->writes == 0 && batch->acked) actions.finished = std::move(batch);
}

void AppendCore::OnRead(AppendAttempt& attempt, bool ok) {
  const absl::Time now = clock_->Now();
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    if (!ok || &attempt != attempt_.get()) return;
    if (absl::Status s = inflight_.CheckAck(attempt.ack); !s.ok()) {
      FailAttemptLocked(s, actions);
    } else {
      std::shared_ptr<AppendBatch> batch = inflight_.Pop(attempt.ack);
      AckedLocked(std::move(batch), std::move(attempt.ack), now, actions);
      actions.call = call_;
      actions.read = attempt_;
      TryFinishLocked(actions);
      ArmLocked();
    }
  }
  Perform(std::move(actions));
}

void AppendCore::AckedLocked(std::shared_ptr<AppendBatch> batch, v1::AppendAck&& ack,
                             absl::Time now, AppendActions& actions) {
  if (exactly_once_ != nullptr) exactly_once_->OnAck(*batch);
  acked_at_ = now;
  recovery_.OnAck(acked_at_);
  const absl::Duration latency = acked_at_ - batch->submitted_at;
  stats_.unacked_bytes -= batch->bytes;
  --stats_.unacked_batches;
  stats_.acked_bytes += batch->bytes;
  ++stats_.acked_batches;
  stats_.acked_records += batch->records;
  stats_.last_ack_latency = latency;
  stats_.max_ack_latency = std::max(stats_.max_ack_latency, latency);
  stats_.total_ack_latency += latency;
  ResolveLocked(batch, std::move(ack), actions);
  while (!flushers_.empty() && flushers_.front().batches <= stats_.acked_batches) {
    AddLocked(std::move(flushers_.front().callback), absl::OkStatus(), actions);
    flushers_.pop_front();
  }
  permits_.Release(batch->bytes);
  GrantLocked(actions);
  if (batch->writes == 0) actions.finished = std::move(batch);
}

void AppendCore::OnDone(AppendAttempt& attempt, const absl::Status& status) {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    WriteOverLocked(attempt, actions);
    if (&attempt == attempt_.get()) AttemptOverLocked(status, actions);
  }
  Perform(std::move(actions));
}

// We give the attempt up, and do not wait for its OnDone.
void AppendCore::FailAttemptLocked(const absl::Status& error, AppendActions& actions) {
  actions.cancel = call_;
  AttemptOverLocked(error, actions);
}

void AppendCore::AttemptOverLocked(const absl::Status& status, AppendActions& actions) {
  actions.ended = std::exchange(call_, nullptr);
  attempt_ = nullptr;
  if (closing_ && inflight_.empty()) return TryFinishLocked(actions);
  if (inflight_.empty() && (status.ok() || IsRetryable(status))) {
    if (!status.ok()) stats_.last_error = status;
    inflight_.EndAttempt(status);
    recovery_.OnIdle();
    return TransitionLocked(State::kIdle, status.ok() ? "the server ended it" : status.message(),
                            actions);
  }
  const absl::Status error = status.ok()
                                 ? MakeError(ErrorCode::kStreamClosedEarly,
                                             absl::StrCat("the server ended the stream with ",
                                                          inflight_.size(), " batches unacked"))
                                 : status;
  stats_.last_error = error;
  inflight_.EndAttempt(error);
  const absl::Time now = clock_->Now();
  const AppendRecoveryStep step = recovery_.OnFailure(error, inflight_.AnyMarked(), now);
  switch (step.kind) {
    case AppendRecoveryStep::Kind::kReopen:
      return OpenLocked(error.message(), actions);
    case AppendRecoveryStep::Kind::kPause:
      retry_at_ = now + step.pause;
      TransitionLocked(State::kBackoff, error.message(), actions);
      return ArmLocked();
    case AppendRecoveryStep::Kind::kGiveUp:
      if (exactly_once_ != nullptr && SettleLocked(error, actions)) return;
      return GiveUpLocked(error, actions);
  }
}

void AppendCore::GiveUpLocked(const absl::Status& error, AppendActions& actions) {
  const absl::Duration elapsed =
      absl::Trunc(recovery_.elapsed(clock_->Now()), absl::Milliseconds(1));
  const int attempts = recovery_.attempts();
  EndLocked(WithContext(
                error, absl::StrCat(name_, " (", attempts, attempts == 1 ? " attempt" : " attempts",
                                    " in ", absl::FormatDuration(elapsed), ")")),
            "gave up", actions);
}

// When the state of things, left as it is, calls for action.
absl::Time AppendCore::DeadlineLocked() const {
  switch (state_) {
    case State::kOpening:
      return opened_at_ + options_.open_timeout;
    case State::kStreaming: {
      absl::Time deadline = absl::InfiniteFuture();
      if (attempt_->writing != nullptr || !attempt_->writable) {
        deadline = write_began_at_ + options_.ack_timeout;
      }
      if (!inflight_.empty()) {
        const absl::Time since = std::max(inflight_.batches().front()->written_at, acked_at_);
        deadline = std::min(deadline, since + options_.ack_timeout);
      }
      return deadline;
    }
    case State::kBackoff:
      return retry_at_;
    case State::kSettling:
    case State::kIdle:
    case State::kEnded:
      return absl::InfiniteFuture();
  }
  return absl::InfiniteFuture();
}

// A timer that is due too early is left: it finds out when it fires.
void AppendCore::ArmLocked() {
  const absl::Time deadline = DeadlineLocked();
  if (deadline >= timer_at_) return;
  timer_at_ = deadline;
  timer_ = clock_->CallAt(deadline, [weak = weak_from_this()] {
    if (auto core = weak.lock()) core->OnTimer();
  });
}

void AppendCore::OnTimer() {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    timer_at_ = absl::InfiniteFuture();
    if (clock_->Now() < DeadlineLocked()) return ArmLocked();
    actions.silent = true;
    switch (state_) {
      case State::kOpening:
        FailAttemptLocked(
            MakeError(ErrorCode::kOpenTimeout,
                      absl::StrCat("the server did not accept the session; open_timeout is ",
                                   absl::FormatDuration(options_.open_timeout))),
            actions);
        break;
      case State::kStreaming:
        FailAttemptLocked(
            MakeError(
                ErrorCode::kAckTimeout,
                absl::StrCat(attempt_->writing != nullptr ? "a write is stuck" : "no ack came",
                             " with ", inflight_.size(), " batches unacked; ack_timeout is ",
                             absl::FormatDuration(options_.ack_timeout))),
            actions);
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

void AppendCore::TransitionLocked(State to, absl::string_view why, AppendActions& actions) {
  constexpr absl::string_view kNames[] = {"Opening",  "Streaming", "Backoff",
                                          "Settling", "Idle",      "Ended"};
  if (log_) {
    callbacks_->Add(
        [log = log_, line = absl::StrCat(name_, ": ", kNames[static_cast<int>(state_)], " -> ",
                                         kNames[static_cast<int>(to)], ": ", why)] { log(line); });
    actions.kick = true;
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
  if (actions.finished != nullptr) v1::AppendInput().Swap(&actions.finished->input);
  if (actions.kick) callbacks_->Kick();
}

}  // namespace s2::internal
