// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_RETRY_INTERNAL_TIMER_THREAD_H_
#define S2_RETRY_INTERNAL_TIMER_THREAD_H_

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"

namespace s2::internal {

// The monotonic time since some moment before this process began, as if that were the Unix epoch.
absl::Time MonotonicNow();

// Calls back at points of the monotonic time, on one thread of its own, in order of time. All of
// the library's timers wait here and nowhere else: the alarms of gRPC and Abseil's waits with a
// deadline follow the wall clock, which an operator may set. Thread safe.
//
// A callback must not block: it would hold up all others. Its lock and waits are std's, which are
// monotonic.
class TimerThread {
 public:
  using Callback = absl::AnyInvocable<void()>;
  // Names one call: when it is due, and a number.
  using Key = std::pair<absl::Time, uint64_t>;

  // The one of the process, whose thread begins with the first timer and never ends.
  static TimerThread& OfProcess();

  // Calls `callback` once, at `when` or soon after, never inside Arm.
  Key Arm(absl::Time when, Callback callback);

  // Destroys the callback, here, unless it has begun. Never waits for it.
  void Disarm(const Key& key);

 private:
  TimerThread() = default;

  [[noreturn]] void Run();

  std::mutex mu_;
  std::condition_variable earlier_;  // a timer has come that is due before wakes_at_
  std::map<Key, Callback> timers_;
  uint64_t last_number_ = 0;
  bool started_ = false;
  // When the thread looks at the timers next; InfinitePast: it is doing so. A timer that is due
  // later need not wake it, which costs a system call.
  absl::Time wakes_at_ = absl::InfinitePast();
};

}  // namespace s2::internal

#endif  // S2_RETRY_INTERNAL_TIMER_THREAD_H_
