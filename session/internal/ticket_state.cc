// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/ticket_state.h"

#include <utility>

#include "s2/retry/internal/await_until.h"
#include "s2/retry/internal/forked.h"
#include "s2/session/internal/misuse.h"

namespace s2::internal {
namespace {

// What a ticket that had not resolved says in a forked child, where it never will.
const TicketState::Result& Unknown() {
  static const auto* const unknown =
      new TicketState::Result(absl::Status(ForkedError().code(), ForkedError().message()));
  return *unknown;
}

}  // namespace

void TicketState::Resolve(Result result) {
  if (done()) return;
  result_.emplace(std::move(result));
  const uint8_t before = state_.fetch_or(kDone, std::memory_order_acq_rel);
  if ((before & kHasCallback) == 0) return;
  absl::MutexLock lock(&mu_);
  context_->callbacks->Add([self = shared_from_this()] { self->TakeCallback()(*self->result_); });
}

// The release of the lock does it.
void TicketState::Wake() const { absl::MutexLock lock(&mu_); }

const TicketState::Result& TicketState::Wait() const {
  if (!WaitUntil(absl::InfiniteFuture())) return Unknown();  // in a forked child
  return *result_;
}

bool TicketState::WaitUntil(absl::Time deadline) const {
  if (done()) return true;
  if (Forked()) return false;
  Clock& clock = *context_->clock;
  const absl::Time at = clock.FromWall(deadline);
  absl::MutexLock lock(&mu_);
  state_.fetch_or(kAwaited, std::memory_order_acq_rel);
  return AwaitUntil(mu_, absl::Condition(this, &TicketState::done), clock, at);
}

void TicketState::OnDone(Callback callback) {
  if (Forked()) return callback(done() ? *result_ : Unknown());
  {
    absl::MutexLock lock(&mu_);
    const uint8_t before = state_.fetch_or(kHasCallback, std::memory_order_acq_rel);
    if ((before & kHasCallback) != 0) Misuse("AppendTicket::OnDone was called twice for one batch");
    if ((before & kDone) == 0) {
      callback_ = std::move(callback);
      return;
    }
  }
  context_->callbacks->Add([self = shared_from_this(), callback = std::move(callback)]() mutable {
    callback(*self->result_);
  });
  context_->callbacks->Kick();
}

TicketState::Callback TicketState::TakeCallback() {
  absl::MutexLock lock(&mu_);
  return std::move(callback_);
}

}  // namespace s2::internal
