// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_TESTING_WATCHED_CLOCK_H_
#define S2_TESTS_TESTING_WATCHED_CLOCK_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/testing/manual_clock.h"

namespace s2::testing {

// A manual clock on which a test can wait until other threads have set a timer.
class WatchedClock : public ManualClock {
 public:
  std::unique_ptr<Timer> CallAt(absl::Time when, absl::AnyInvocable<void()> callback) override {
    std::unique_ptr<Timer> timer = ManualClock::CallAt(when, std::move(callback));
    absl::MutexLock lock(&mu_);
    set_.push_back(when);
    return timer;
  }

  // Waits until one more timer has been set than at the last call of this.
  void AwaitTimer() {
    ++awaited_;
    Await([this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return set_.size() >= awaited_; });
  }
  // Waits until a timer for exactly `in` from now has been set.
  void AwaitTimer(absl::Duration in) {
    Await([this, when = Now() + in]() ABSL_SHARED_LOCKS_REQUIRED(mu_) {
      return std::find(set_.begin(), set_.end(), when) != set_.end();
    });
  }
  // The same, and moves on to it.
  void AdvanceToTimer(absl::Duration in) {
    AwaitTimer(in);
    Advance(in);
  }

 private:
  template <typename Condition>
  void Await(const Condition& condition) {
    absl::MutexLock lock(&mu_);
    ASSERT_TRUE(mu_.AwaitWithTimeout(absl::Condition(&condition), absl::Seconds(30)))
        << "the timer was not set";
  }

  absl::Mutex mu_;
  std::vector<absl::Time> set_ ABSL_GUARDED_BY(mu_);  // of all timers, ever
  size_t awaited_ = 0;                                // the test's own
};

}  // namespace s2::testing

#endif  // S2_TESTS_TESTING_WATCHED_CLOCK_H_
