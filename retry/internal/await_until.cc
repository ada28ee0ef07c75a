// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/internal/await_until.h"

#include <atomic>
#include <memory>

namespace s2::internal {
namespace {

// What one wait and its timer share. The timer holds this and nothing else: it would be wrong if
// the last reference to a session went on the thread that all timers need.
struct Expiry {
  enum class State {
    kArmed,
    kFiring,  // the timer uses the mutex, and who waits stays until it is done
    kLeft,    // nobody waits any more: the mutex may be gone
  };
  std::atomic<State> state{State::kArmed};
  bool over = false;  // the mutex guards it
};

void Await(absl::Mutex& mu, const absl::Condition& condition, absl::CondVar* signalled)
    ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
  if (signalled == nullptr) return mu.Await(condition);
  while (!condition.Eval()) signalled->Wait(&mu);
}

// Until the condition holds or the timer has fired.
void AwaitOnce(absl::Mutex& mu, const absl::Condition& condition, Clock& clock, absl::Time deadline,
               absl::CondVar* signalled) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
  const auto expiry = std::make_shared<Expiry>();
  const auto timer = clock.CallAt(deadline, [expiry, &mu, signalled] {
    if (expiry->state.exchange(Expiry::State::kFiring) == Expiry::State::kLeft) return;
    absl::MutexLock lock(&mu);
    expiry->over = true;
    if (signalled != nullptr) signalled->SignalAll();
  });
  const auto ended = [&] { return expiry->over || condition.Eval(); };
  Await(mu, absl::Condition(&ended), signalled);
  if (expiry->state.exchange(Expiry::State::kLeft) == Expiry::State::kFiring) {
    mu.Await(absl::Condition(&expiry->over));
  }
}

}  // namespace

bool AwaitUntil(absl::Mutex& mu, const absl::Condition& condition, Clock& clock,
                absl::Time deadline, absl::CondVar* signalled) {
  if (condition.Eval()) return true;
  if (deadline == absl::InfiniteFuture()) {
    Await(mu, condition, signalled);
    return true;
  }
  // The mutex may be released once more after the condition held, so it is looked at again.
  while (clock.Now() < deadline) {
    AwaitOnce(mu, condition, clock, deadline, signalled);
    if (condition.Eval()) return true;
  }
  return false;
}

}  // namespace s2::internal
