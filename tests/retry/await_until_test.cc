// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/internal/await_until.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "s2/testing/manual_clock.h"

namespace s2::internal {
namespace {

// A manual clock that counts the timers ever armed.
class CountingClock : public testing::ManualClock {
 public:
  std::unique_ptr<Timer> CallAt(absl::Time when, absl::AnyInvocable<void()> callback) override {
    ++armed;
    return ManualClock::CallAt(when, std::move(callback));
  }
  int armed = 0;
};

// A clock that stands still; its timers run when the test says so, cancelled ones too: as if they
// had begun when they were cancelled.
class UnstoppableClock : public Clock {
 public:
  absl::Time Now() const override { return absl::UnixEpoch(); }
  absl::Time FromWall(absl::Time deadline) const override { return deadline; }
  std::unique_ptr<Timer> CallAt(absl::Time, absl::AnyInvocable<void()> callback) override {
    callbacks.push_back(std::move(callback));
    return nullptr;
  }
  std::vector<absl::AnyInvocable<void()>> callbacks;
};

// A thread that waits for `holds_`, in both ways.
class AwaitUntilTest : public ::testing::TestWithParam<bool> {
 protected:
  bool Await(absl::Time deadline) {
    absl::MutexLock lock(&mu_);
    return AwaitUntil(mu_, absl::Condition(&holds_), *clock_, deadline,
                      GetParam() ? &changed_ : nullptr);
  }
  void Hold() {
    absl::MutexLock lock(&mu_);
    holds_ = true;
    changed_.Signal();
  }

  const std::shared_ptr<CountingClock> clock_ = std::make_shared<CountingClock>();
  const absl::Time soon_ = clock_->Now() + absl::Seconds(1);
  absl::Mutex mu_;
  absl::CondVar changed_;
  bool holds_ = false;
};

TEST_P(AwaitUntilTest, ArmsNoTimerWhereThereIsNothingToWaitFor) {
  EXPECT_FALSE(Await(absl::InfinitePast()));
  EXPECT_FALSE(Await(clock_->Now()));
  Hold();
  EXPECT_TRUE(Await(soon_));
  EXPECT_TRUE(Await(absl::InfinitePast()));
  EXPECT_EQ(clock_->armed, 0);
}

TEST_P(AwaitUntilTest, EndsWhenTheConditionHolds) {
  for (const absl::Time deadline : {soon_, absl::InfiniteFuture()}) {
    holds_ = false;
    std::thread waiter([&] { EXPECT_TRUE(Await(deadline)); });
    if (deadline == soon_) clock_->AwaitTimer(deadline);
    Hold();
    waiter.join();
    EXPECT_EQ(clock_->timers(), 0u);
  }
}

TEST_P(AwaitUntilTest, EndsAtTheDeadlineOfTheClockAndNotBefore) {
  bool ended = false;
  std::thread waiter([&] {
    EXPECT_FALSE(Await(soon_));
    absl::MutexLock lock(&mu_);
    ended = true;
  });
  clock_->AwaitTimer(soon_);
  clock_->Advance(absl::Milliseconds(999));
  {
    absl::MutexLock lock(&mu_);
    EXPECT_FALSE(ended);
  }
  clock_->Advance(absl::Milliseconds(1));
  waiter.join();
}

TEST_P(AwaitUntilTest, ATimerThatComesLateFindsNobodyAndTouchesNothing) {
  UnstoppableClock clock;
  auto mu = std::make_unique<absl::Mutex>();
  auto changed = std::make_unique<absl::CondVar>();
  bool holds = false;
  std::thread waiter([&] {
    absl::MutexLock lock(mu.get());
    EXPECT_TRUE(AwaitUntil(*mu, absl::Condition(&holds), clock, absl::InfiniteFuture()));
    holds = false;
    // From here on the other thread gets the mutex only while this one waits.
    std::thread([&] {
      absl::MutexLock other(mu.get());
      holds = true;
      changed->Signal();
    }).detach();
    EXPECT_TRUE(AwaitUntil(*mu, absl::Condition(&holds), clock, clock.Now() + absl::Seconds(1),
                           GetParam() ? changed.get() : nullptr));
  });
  {
    absl::MutexLock lock(mu.get());
    holds = true;
  }
  waiter.join();
  ASSERT_EQ(clock.callbacks.size(), 1u);
  { absl::MutexLock after_the_other_thread(mu.get()); }
  mu = nullptr;
  changed = nullptr;
  clock.callbacks[0]();
}

// The timer and the condition race, and the mutex goes as soon as the wait is over.
TEST_P(AwaitUntilTest, ATimerThatFiresAsTheWaitEndsIsDoneWithTheMutex) {
  const std::shared_ptr<Clock> clock = Clock::System();
  for (int i = 0; i < 500; ++i) {
    auto mu = std::make_unique<absl::Mutex>();
    absl::CondVar changed;
    bool holds = false;
    std::thread other([&, i] {
      if (i % 2 == 0) std::this_thread::yield();
      absl::MutexLock lock(mu.get());
      holds = true;
      changed.Signal();
    });
    {
      absl::MutexLock lock(mu.get());
      const bool held =
          AwaitUntil(*mu, absl::Condition(&holds), *clock,
                     clock->Now() + absl::Microseconds(i % 100), GetParam() ? &changed : nullptr);
      EXPECT_EQ(held, holds);
    }
    other.join();
    mu = nullptr;
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, AwaitUntilTest, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Signalled" : "Watched"; });

}  // namespace
}  // namespace s2::internal
