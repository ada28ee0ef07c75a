// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"
#include "s2/session/internal/append/append_core.h"
#include "s2/session/internal/append/append_effect.h"

namespace s2::internal {

absl::Status AppendCore::Flush(absl::Time deadline) {
  absl::MutexLock lock(&mu_);
  const uint64_t batches = submitted_;
  const auto over = [this, batches]() ABSL_SHARED_LOCKS_REQUIRED(mu_) {
    return stats_.acked_batches >= batches || EndedLocked();
  };
  if (!mu_.AwaitWithDeadline(absl::Condition(&over), deadline)) {
    return WithContext(absl::DeadlineExceededError(absl::StrCat(batches - stats_.acked_batches,
                                                                " batches are not acked yet")),
                       name_);
  }
  return stats_.acked_batches >= batches ? absl::OkStatus() : error_;
}

void AppendCore::FlushAsync(absl::AnyInvocable<void(absl::Status)> callback) {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    if (stats_.acked_batches == submitted_) {
      AddLocked(std::move(callback), absl::OkStatus(), actions);
    } else if (EndedLocked()) {
      AddLocked(std::move(callback), error_, actions);
    } else {
      flushers_.push_back({submitted_, std::move(callback)});
    }
  }
  Perform(std::move(actions));
}

absl::Status AppendCore::Close(absl::Time deadline) {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    BeginCloseLocked(actions);
  }
  Perform(std::exchange(actions, {}));
  absl::Status result;
  {
    absl::MutexLock lock(&mu_);
    if (!mu_.AwaitWithDeadline(absl::Condition(this, &AppendCore::EndedLocked), deadline)) {
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
      AddLocked(std::move(callback), error_, actions);
    } else {
      closers_.push_back(std::move(callback));
      if (at <= clock_->Now()) {
        CloseTimeoutLocked(actions);
      } else if (at < close_at_) {
        close_at_ = at;
        close_timer_ = clock_->CallAt(at, [weak = weak_from_this()] {
          if (auto core = weak.lock()) core->OnCloseTimer();
        });
      }
    }
  }
  Perform(std::move(actions));
}

void AppendCore::Cancel() {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    EndLocked(WithContext(MakeError(ErrorCode::kSessionDropped, "cancelled or destroyed"), name_),
              "cancelled", actions);
  }
  Perform(std::move(actions));
}

std::vector<UnackedBatch> AppendCore::TakeUnacked() {
  std::vector<UnackedBatch> result;
  absl::MutexLock lock(&mu_);
  if (!EndedLocked()) return result;
  const auto batches = inflight_.TakeAll();
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

void AppendCore::BeginCloseLocked(AppendActions& actions) {
  if (closing_ || EndedLocked()) return;
  closing_ = true;
  RefuseWaitersLocked(AdmitLocked(), actions);
  TryFinishLocked(actions);
}

void AppendCore::CloseTimeoutLocked(AppendActions& actions) {
  // Only the end of a write is missing: all is durable.
  const bool clean = inflight_.empty();
  const std::string what =
      absl::StrCat("Close gave up at its deadline with ", inflight_.size(), " batches unacked");
  EndLocked(
      clean ? absl::OkStatus() : WithContext(MakeError(ErrorCode::kCloseTimeout, what), name_),
      "close deadline", actions);
}

void AppendCore::OnCloseTimer() {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    if (EndedLocked() || clock_->Now() < close_at_) return;
    CloseTimeoutLocked(actions);
  }
  Perform(std::move(actions));
}

// Ends a session that is being closed as soon as all is durable. The half close lets the server
// end the stream; nobody waits for it.
void AppendCore::TryFinishLocked(AppendActions& actions) {
  if (!closing_ || EndedLocked() || !inflight_.empty()) return;
  if (attempt_ != nullptr && attempt_->writing != nullptr) return;
  if (state_ == State::kStreaming && call_ != nullptr && attempt_->writable) {
    attempt_->linger = clock_->CallAt(clock_->Now() + options_.ack_timeout,
                                      [weak = std::weak_ptr<AppendCall>(call_)] {
                                        if (auto call = weak.lock()) call->Cancel();
                                      });
    actions.call = std::exchange(call_, nullptr);
    actions.writes_done = true;
  }
  EndLocked(absl::OkStatus(), "all is acked", actions);
}

// The end. An error is stored before any ticket fails.
void AppendCore::EndLocked(const absl::Status& error, absl::string_view why,
                           AppendActions& actions) {
  if (EndedLocked()) return;
  if (call_ != nullptr) actions.cancel = std::exchange(call_, nullptr);
  if (errand_ != nullptr) actions.answered = std::exchange(errand_, nullptr);
  attempt_ = nullptr;
  timer_ = nullptr;
  close_timer_ = nullptr;
  inflight_.EndAttempt(error);
  if (!error.ok()) error_ = WithEffect(error, inflight_.AnyMarked());
  TransitionLocked(State::kEnded, error.ok() ? why : error.message(), actions);
  FailTicketsLocked(actions);
  for (Flusher& flusher : std::exchange(flushers_, {})) {
    AddLocked(std::move(flusher.callback), error_, actions);
  }
  for (auto& closer : std::exchange(closers_, {})) AddLocked(std::move(closer), error_, actions);
  RefuseWaitersLocked(AdmitLocked(), actions);
}

void AppendCore::FailTicketsLocked(AppendActions& actions) {
  if (inflight_.empty()) return;
  const absl::Status possible = WithEffect(error_, true);
  const absl::Status none = WithEffect(error_, false);
  for (const std::shared_ptr<AppendBatch>& batch : inflight_.batches()) {
    ResolveLocked(batch, batch->marked ? possible : none, actions);
  }
}

void AppendCore::ResolveLocked(const std::shared_ptr<AppendBatch>& batch,
                               TicketState::Result result, AppendActions& actions) {
  actions.kick |= batch->Resolve(std::move(result));
  if (batch->awaited()) actions.awaited.push_back(batch);
}

void AppendCore::AddLocked(absl::AnyInvocable<void(absl::Status)> callback,
                           const absl::Status& status, AppendActions& actions) {
  callbacks_->Add([callback = std::move(callback), status]() mutable { callback(status); });
  actions.kick = true;
}

}  // namespace s2::internal
