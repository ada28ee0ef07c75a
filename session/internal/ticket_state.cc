// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/ticket_state.h"

#include <utility>

namespace s2::internal {

bool TicketState::Resolve(Result result) {
  absl::MutexLock lock(&mu_);
  if (done_locked()) return false;
  result_.emplace(std::move(result));
  if (callback_ == nullptr) return false;
  callbacks_->Add([self = shared_from_this()] { self->TakeCallback()(self->Wait()); });
  return true;
}

bool TicketState::done() const {
  absl::MutexLock lock(&mu_);
  return done_locked();
}

const TicketState::Result& TicketState::Wait() const {
  absl::MutexLock lock(&mu_);
  mu_.Await(absl::Condition(this, &TicketState::done_locked));
  return *result_;
}

bool TicketState::WaitUntil(absl::Time deadline) const {
  absl::MutexLock lock(&mu_);
  return mu_.AwaitWithDeadline(absl::Condition(this, &TicketState::done_locked), deadline);
}

void TicketState::OnDone(Callback callback) {
  {
    absl::MutexLock lock(&mu_);
    if (!done_locked()) {
      callback_ = std::move(callback);
      return;
    }
  }
  callbacks_->Add([self = shared_from_this(), callback = std::move(callback)]() mutable {
    callback(self->Wait());
  });
  callbacks_->Kick();
}

TicketState::Callback TicketState::TakeCallback() {
  absl::MutexLock lock(&mu_);
  return std::move(callback_);
}

}  // namespace s2::internal
