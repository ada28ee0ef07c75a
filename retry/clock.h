// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_RETRY_CLOCK_H_
#define S2_RETRY_CLOCK_H_

#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"

namespace s2 {

// A callback to come. Destroying it cancels the callback unless it has begun; destroying it never
// waits, and is legal inside the callback. So a callback may run just after: it must own, or weakly
// own, what it touches.
class Timer {
 public:
  virtual ~Timer() = default;
};

// Time and timers, injected so that a test can drive them by hand. Thread safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // Never goes back, and does not follow changes of the machine's wall clock.
  virtual absl::Time Now() const = 0;

  // A caller's deadline, given on the wall clock, on this clock.
  virtual absl::Time FromWall(absl::Time deadline) const = 0;

  // Calls `callback` once, on some other thread, at `when` or soon after; never from inside CallAt.
  // A callback must not block: it would hold up other timers. Legal under a lock.
  virtual std::unique_ptr<Timer> CallAt(absl::Time when, absl::AnyInvocable<void()> callback) = 0;

  // The machine's monotonic clock. Its timers call back on one thread, which the process makes for
  // them and keeps; in a child that was forked later (docs/fork.md) none does, and CallAt is null.
  static std::shared_ptr<Clock> System();
};

}  // namespace s2

#endif  // S2_RETRY_CLOCK_H_
