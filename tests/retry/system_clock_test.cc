// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "s2/retry/clock.h"

namespace s2 {
namespace {

// Far enough not to come during a test.
constexpr absl::Duration kFar = absl::Hours(1);

// Tells when the callback that holds it is gone.
class Farewell {
 public:
  explicit Farewell(absl::Notification& gone) : gone_(&gone, [](auto* n) { n->Notify(); }) {}

 private:
  std::shared_ptr<absl::Notification> gone_;
};

class SystemClockTest : public ::testing::Test {
 protected:
  const std::shared_ptr<Clock> clock_ = Clock::System();
};

TEST_F(SystemClockTest, IsOneForTheProcess) { EXPECT_EQ(Clock::System(), clock_); }

TEST_F(SystemClockTest, NeverGoesBack) {
  absl::Time last = clock_->Now();
  for (int i = 0; i < 10000; ++i) {
    const absl::Time now = clock_->Now();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST_F(SystemClockTest, TakesWallDeadlinesByTheTimeThatIsLeft) {
  const absl::Time before = clock_->Now();
  const absl::Time deadline = clock_->FromWall(absl::Now() + kFar);
  EXPECT_GT(deadline, before + kFar - absl::Seconds(1));
  EXPECT_LE(deadline, clock_->Now() + kFar);
  EXPECT_EQ(clock_->FromWall(absl::InfiniteFuture()), absl::InfiniteFuture());
  EXPECT_EQ(clock_->FromWall(absl::InfinitePast()), absl::InfinitePast());
}

TEST_F(SystemClockTest, ATimerFiresNoEarlierThanAskedOnAnotherThread) {
  for (int ms : {0, 1, 2, 5, 10}) {
    absl::Notification fired;
    std::thread::id thread;
    absl::Time at;
    const absl::Time when = clock_->Now() + absl::Milliseconds(ms);
    const auto timer = clock_->CallAt(when, [&] {
      at = clock_->Now();
      thread = std::this_thread::get_id();
      fired.Notify();
    });
    fired.WaitForNotification();
    EXPECT_GE(at, when) << ms;
    EXPECT_NE(thread, std::this_thread::get_id());
  }
}

TEST_F(SystemClockTest, ATimeInThePastIsDueAtOnceButNotInsideCallAt) {
  for (const absl::Time when : {clock_->Now() - kFar, absl::InfinitePast()}) {
    absl::Mutex held;  // a callback inside CallAt would wait for it for ever
    absl::Notification fired;
    std::unique_ptr<Timer> timer;
    {
      absl::MutexLock lock(&held);
      timer = clock_->CallAt(when, [&] {
        { absl::MutexLock inside(&held); }
        fired.Notify();
      });
    }
    fired.WaitForNotification();
  }
}

TEST_F(SystemClockTest, EachTimerFiresOnce) {
  constexpr int kTimers = 100;
  std::vector<int> fired(kTimers);  // each element belongs to its timer until it is gone
  std::vector<absl::Notification> gone(kTimers);
  std::vector<std::unique_ptr<Timer>> timers;
  for (int i = 0; i < kTimers; ++i) {
    timers.push_back(clock_->CallAt(clock_->Now() + absl::Milliseconds(i % 7),
                                    [&n = fired[i], farewell = Farewell(gone[i])] { ++n; }));
  }
  for (absl::Notification& n : gone) n.WaitForNotification();
  EXPECT_EQ(fired, std::vector<int>(kTimers, 1));
}

TEST_F(SystemClockTest, ATimerLetsGoOfItsCallbackWhenItHasRun) {
  absl::Notification gone;
  const auto timer = clock_->CallAt(clock_->Now(), [farewell = Farewell(gone)] {});
  gone.WaitForNotification();
}

TEST_F(SystemClockTest, ACancelledTimerLetsGoOfItsCallbackUnrun) {
  for (const absl::Time when : {clock_->Now() + kFar, absl::InfiniteFuture()}) {
    absl::Notification gone;
    std::atomic<bool> fired = false;
    auto timer = clock_->CallAt(when, [&, farewell = Farewell(gone)] { fired = true; });
    timer.reset();
    gone.WaitForNotification();
    EXPECT_FALSE(fired);
  }
}

TEST_F(SystemClockTest, DestroyingATimerThatHasFiredIsHarmless) {
  absl::Notification fired;
  auto timer = clock_->CallAt(clock_->Now(), [&] { fired.Notify(); });
  fired.WaitForNotification();
  timer.reset();
}

TEST_F(SystemClockTest, ATimerMayBeDestroyedInsideItsCallback) {
  absl::Notification gone;
  absl::Notification stored;
  std::unique_ptr<Timer> timer;
  timer = clock_->CallAt(clock_->Now(), [&, farewell = Farewell(gone)] {
    stored.WaitForNotification();
    timer.reset();
  });
  stored.Notify();
  gone.WaitForNotification();
  EXPECT_EQ(timer, nullptr);
}

TEST_F(SystemClockTest, DestroyingATimerNeverWaitsForItsCallback) {
  absl::Notification begun, destroyed, gone;
  auto timer = clock_->CallAt(clock_->Now(), [&, farewell = Farewell(gone)] {
    begun.Notify();
    destroyed.WaitForNotification();
  });
  begun.WaitForNotification();
  timer.reset();
  destroyed.Notify();
  gone.WaitForNotification();
}

TEST_F(SystemClockTest, ATimerMaySetTheNext) {
  absl::Notification fired;
  std::unique_ptr<Timer> second;
  const auto first = clock_->CallAt(
      clock_->Now(), [&] { second = clock_->CallAt(clock_->Now(), [&] { fired.Notify(); }); });
  fired.WaitForNotification();
}

}  // namespace
}  // namespace s2
