// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/testing/manual_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace s2::testing {
namespace {

class ManualClockTest : public ::testing::Test {
 protected:
  std::unique_ptr<Timer> Note(int seconds, const std::string& name) {
    return clock_->CallAt(start_ + absl::Seconds(seconds), [this, name] { noted_ += name; });
  }

  const std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>();
  const absl::Time start_ = clock_->Now();
  std::string noted_;
};

TEST_F(ManualClockTest, StandsStill) {
  EXPECT_EQ(clock_->Now(), start_);
  clock_->Advance(absl::Seconds(2));
  EXPECT_EQ(clock_->Now(), start_ + absl::Seconds(2));
}

TEST_F(ManualClockTest, RunsWhatIsDueInOrderOfTimeThenOfArming) {
  const auto c = Note(3, "c");
  const auto a = Note(1, "a");
  const auto b = Note(1, "b");
  clock_->Advance(absl::Seconds(2));
  EXPECT_EQ(noted_, "ab");
  EXPECT_EQ(clock_->timers(), 1);
  EXPECT_EQ(clock_->next_timer(), start_ + absl::Seconds(3));
  clock_->Advance(absl::Seconds(1));
  EXPECT_EQ(noted_, "abc");
  EXPECT_EQ(clock_->next_timer(), absl::InfiniteFuture());
}

TEST_F(ManualClockTest, ATimerSeesItsOwnTimeAndMaySetAnother) {
  absl::Time first, second;
  std::unique_ptr<Timer> inner;
  const auto outer = clock_->CallAt(start_ + absl::Seconds(1), [&] {
    first = clock_->Now();
    inner = clock_->CallAt(first + absl::Seconds(1), [&] { second = clock_->Now(); });
  });
  clock_->Advance(absl::Seconds(5));
  EXPECT_EQ(first, start_ + absl::Seconds(1));
  EXPECT_EQ(second, start_ + absl::Seconds(2));
  EXPECT_EQ(clock_->Now(), start_ + absl::Seconds(5));
}

TEST_F(ManualClockTest, ATimerThatIsDestroyedDoesNotRun) {
  Note(1, "a").reset();
  EXPECT_EQ(clock_->timers(), 0);
  clock_->Advance(absl::Seconds(2));
  EXPECT_EQ(noted_, "");
}

TEST_F(ManualClockTest, AwaitsATimerOfAnotherThread) {
  const auto earlier = Note(6, "a");
  std::unique_ptr<Timer> timer;
  std::thread other([&] { timer = Note(7, "b"); });
  clock_->AwaitTimer(start_ + absl::Seconds(7));
  EXPECT_EQ(clock_->timers(), 2u);
  other.join();
}

TEST_F(ManualClockTest, AdvancesToTheNextTimer) {
  EXPECT_FALSE(clock_->AdvanceToNextTimer());
  const auto a = Note(7, "a");
  EXPECT_TRUE(clock_->AdvanceToNextTimer());
  EXPECT_EQ(clock_->Now(), start_ + absl::Seconds(7));
  EXPECT_EQ(noted_, "a");
}

}  // namespace
}  // namespace s2::testing
