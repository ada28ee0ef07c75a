// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTING_MANUAL_CLOCK_H_
#define S2_TESTING_MANUAL_CLOCK_H_

#include <cstdint>
#include <map>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/retry/clock.h"

namespace s2::testing {

// A clock that stands still until a test advances it. Timers fire inside Advance, in the caller's
// thread, in order of their time, each with Now() at its time. Wall-clock deadlines are taken as
// they are: a verb that blocks gives up when the test has come to its deadline. Thread safe. Held
// by std::shared_ptr; timers may outlive it.
class ManualClock : public Clock {
 public:
  // Starts at this time. Default: 2026-01-01T00:00:00Z.
  explicit ManualClock(absl::Time start = absl::FromUnixSeconds(1767225600));

  absl::Time Now() const override;
  absl::Time FromWall(absl::Time deadline) const override { return deadline; }
  std::unique_ptr<Timer> CallAt(absl::Time when, absl::AnyInvocable<void()> callback) override;

  // Moves the time on and runs all timers that are due, those set by the timers included.
  void Advance(absl::Duration by);

  // Moves to the next timer and runs it (and those due at the same time). False: there is none.
  bool AdvanceToNextTimer();

  // Waits until a timer is armed that is due at exactly this time. So a test knows that a verb in
  // another thread, with a deadline then, is waiting.
  void AwaitTimer(absl::Time when) const;

  // Timers that are armed.
  size_t timers() const;

  // When the next timer is due; InfiniteFuture when there is none.
  absl::Time next_timer() const;

 private:
  struct State {
    mutable absl::Mutex mu;
    absl::Time now ABSL_GUARDED_BY(mu);
    uint64_t next_id ABSL_GUARDED_BY(mu) = 0;
    // By time, then by order of arming.
    std::map<std::pair<absl::Time, uint64_t>, absl::AnyInvocable<void()>> timers
        ABSL_GUARDED_BY(mu);
  };
  class ManualTimer;

  void AdvanceTo(absl::Time time);

  const std::shared_ptr<State> state_;
};

}  // namespace s2::testing

#endif  // S2_TESTING_MANUAL_CLOCK_H_
