// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_RETRY_INTERNAL_LAZY_TIMER_H_
#define S2_RETRY_INTERNAL_LAZY_TIMER_H_

#include <functional>
#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "s2/retry/clock.h"

namespace s2::internal {

// One timer for a deadline that moves. A deadline usually moves away before it is reached (another
// ack came, another frame), so the clock is asked for a new timer only when the deadline has come
// nearer; a timer that turns out to be early is armed again when it fires.
//
// Not thread safe: the mutex of its owner guards it, and Start, Set, Due and Cancel are called
// under it. The callback runs without it, on a thread of the clock. It takes the mutex and asks
// Due:
//
//   void Session::OnTimer() {
//     absl::MutexLock lock(&mu_);
//     if (!timer_.Due()) return;
//     ...
//
// So a callback that was under way when the deadline moved, or was taken away, does no harm.
class LazyTimer {
 public:
  explicit LazyTimer(std::shared_ptr<Clock> clock) : clock_(std::move(clock)) {}

  // What to call when the deadline may have come. Once, before the first Set; apart from the
  // constructor because an object cannot hand out a weak pointer to itself while it is being
  // constructed. The callback may outlive the timer, so it owns what it touches, or better, owns it
  // weakly. Copies of it are destroyed under the owner's mutex.
  void Start(std::function<void()> callback) { callback_ = std::move(callback); }

  // Moves the deadline; InfiniteFuture: there is none.
  void Set(absl::Time deadline);

  // Has the deadline come? True only once: then there is no deadline until the next Set.
  bool Due();

  // There is no deadline, and what was armed is given back to the clock.
  void Cancel();

  // InfiniteFuture: there is none.
  absl::Time deadline() const { return deadline_; }

 private:
  const std::shared_ptr<Clock> clock_;

  std::function<void()> callback_;
  absl::Time deadline_ = absl::InfiniteFuture();
  // The timer that is armed, for the deadline or earlier, and when it fires; InfiniteFuture: no
  // timer is needed.
  std::unique_ptr<Timer> timer_;
  absl::Time fires_at_ = absl::InfiniteFuture();
};

}  // namespace s2::internal

#endif  // S2_RETRY_INTERNAL_LAZY_TIMER_H_
