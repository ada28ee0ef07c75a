// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/internal/lazy_timer.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "s2/testing/manual_clock.h"

namespace s2::internal {
namespace {

// Counts the timers that it was asked for, and gives the callback of each to the test, which may
// call it whenever it likes: early, late, or although the timer was taken back.
class CallCountingClock : public testing::ManualClock {
 public:
  std::unique_ptr<Timer> CallAt(absl::Time when, absl::AnyInvocable<void()> callback) override {
    auto shared = std::make_shared<absl::AnyInvocable<void()>>(std::move(callback));
    callbacks.push_back([shared] { (*shared)(); });
    return ManualClock::CallAt(when, [shared] { (*shared)(); });
  }

  std::vector<std::function<void()>> callbacks;
};

class LazyTimerTest : public ::testing::Test {
 protected:
  LazyTimerTest() {
    timer_->Start([this] {
      ++fired_;
      if (timer_.has_value() && timer_->Due()) ++due_;
    });
  }

  absl::Time In(int seconds) const { return start_ + absl::Seconds(seconds); }
  size_t made() const { return clock_->callbacks.size(); }

  const std::shared_ptr<CallCountingClock> clock_ = std::make_shared<CallCountingClock>();
  const absl::Time start_ = clock_->Now();
  std::optional<LazyTimer> timer_{clock_};
  int fired_ = 0;
  int due_ = 0;
};

TEST_F(LazyTimerTest, IsDueOnceAtItsDeadline) {
  timer_->Set(In(5));
  EXPECT_EQ(timer_->deadline(), In(5));
  clock_->Advance(absl::Seconds(4.999));
  EXPECT_EQ(due_, 0);
  clock_->Advance(absl::Seconds(0.001));
  EXPECT_EQ(due_, 1);
  EXPECT_EQ(timer_->deadline(), absl::InfiniteFuture());
  clock_->Advance(absl::Hours(1));
  EXPECT_EQ(fired_, 1);
}

TEST_F(LazyTimerTest, ALaterDeadlineCostsNoTimerUntilTheEarlyOneFires) {
  for (int i = 5; i <= 100; ++i) timer_->Set(In(i));
  EXPECT_EQ(made(), 1u);
  clock_->Advance(absl::Seconds(99));
  EXPECT_EQ(due_, 0);
  EXPECT_EQ(made(), 2u);
  clock_->Advance(absl::Seconds(1));
  EXPECT_EQ(due_, 1);
  EXPECT_EQ(fired_, 2);
}

TEST_F(LazyTimerTest, ANearerDeadlineIsKept) {
  timer_->Set(In(50));
  timer_->Set(In(5));
  EXPECT_EQ(clock_->timers(), 1u) << "the one for later was given back";
  clock_->Advance(absl::Seconds(5));
  EXPECT_EQ(due_, 1);
}

TEST_F(LazyTimerTest, TheSameDeadlineAgainCostsNothing) {
  timer_->Set(In(5));
  timer_->Set(In(5));
  EXPECT_EQ(made(), 1u);
}

TEST_F(LazyTimerTest, ADeadlineInThePastIsDueAsSoonAsTheClockGetsToIt) {
  timer_->Set(In(-5));
  EXPECT_EQ(due_, 0) << "never from inside Set";
  clock_->Advance(absl::ZeroDuration());
  EXPECT_EQ(due_, 1);
}

TEST_F(LazyTimerTest, WithoutADeadlineAnArmedTimerFiresInVain) {
  timer_->Set(In(5));
  timer_->Set(absl::InfiniteFuture());
  clock_->Advance(absl::Seconds(10));
  EXPECT_EQ(due_, 0);
  EXPECT_EQ(clock_->timers(), 0u);
  timer_->Set(In(15));
  clock_->Advance(absl::Seconds(5));
  EXPECT_EQ(due_, 1) << "it can be used again";
}

TEST_F(LazyTimerTest, NoDeadlineMakesNoTimer) {
  timer_->Set(absl::InfiniteFuture());
  EXPECT_EQ(made(), 0u);
}

TEST_F(LazyTimerTest, CancelGivesTheTimerBack) {
  timer_->Set(In(5));
  timer_->Cancel();
  EXPECT_EQ(clock_->timers(), 0u);
  EXPECT_EQ(timer_->deadline(), absl::InfiniteFuture());
  timer_->Set(In(5));
  clock_->Advance(absl::Seconds(5));
  EXPECT_EQ(due_, 1);
}

TEST_F(LazyTimerTest, DestructionGivesTheTimerBack) {
  timer_->Set(In(5));
  timer_.reset();
  EXPECT_EQ(clock_->timers(), 0u);
}

TEST_F(LazyTimerTest, ACallbackThatWasUnderWayWhenTheDeadlineMovedAwayIsStale) {
  timer_->Set(In(5));
  timer_->Set(In(8));
  clock_->callbacks[0]();
  EXPECT_EQ(due_, 0);
  clock_->Advance(absl::Seconds(8));
  EXPECT_EQ(due_, 1);
}

TEST_F(LazyTimerTest, ACallbackThatWasUnderWayWhenTheTimerWasCancelledIsStale) {
  timer_->Set(In(5));
  timer_->Cancel();
  clock_->Advance(absl::Seconds(6));
  clock_->callbacks[0]();
  EXPECT_EQ(due_, 0);
}

TEST_F(LazyTimerTest, ACallbackOfATimerThatWasReplacedDoesNotDisarmTheNewOne) {
  timer_->Set(In(5));
  timer_->Set(In(3));
  clock_->callbacks[0]();
  EXPECT_EQ(due_, 0);
  EXPECT_EQ(clock_->next_timer(), In(3));
  clock_->Advance(absl::Seconds(3));
  EXPECT_EQ(due_, 1);
}

TEST_F(LazyTimerTest, WhicheverTimerFiresBehindTheDeadlineItIsDueOnce) {
  timer_->Set(In(5));
  timer_->Set(In(3));
  clock_->Advance(absl::Seconds(3));
  clock_->callbacks[0]();
  clock_->callbacks[1]();
  EXPECT_EQ(due_, 1);
}

TEST_F(LazyTimerTest, AClockThatFiresTooEarlyIsAskedAgain) {
  timer_->Set(In(5));
  clock_->Advance(absl::Seconds(4.9));
  clock_->callbacks[0]();
  EXPECT_EQ(due_, 0);
  EXPECT_EQ(clock_->next_timer(), In(5));
  clock_->Advance(absl::Seconds(0.1));
  EXPECT_EQ(due_, 1);
}

TEST_F(LazyTimerTest, TheOwnerMaySetTheNextDeadlineAsSoonAsTheLastOneIsDue) {
  timer_->Set(In(1));
  for (int i = 1; i <= 5; ++i) {
    clock_->Advance(absl::Seconds(1));
    EXPECT_EQ(due_, i);
    timer_->Set(In(i + 1));
  }
}

}  // namespace
}  // namespace s2::internal
