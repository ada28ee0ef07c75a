// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/backoff.h"

#include <gtest/gtest.h>

namespace s2 {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1767225600);
const absl::Duration kNoHint = absl::ZeroDuration();

double Least() { return 0; }
double Middle() { return 0.5; }
double Most() { return 0.999; }

RetryOptions Forever() {
  RetryOptions options;
  options.budget = RetryBudget::Forever();
  return options;
}

TEST(BackoffTest, PausesDoubleFromTheLeastToTheMost) {
  Backoff backoff(Forever());
  for (int ms : {100, 200, 400, 800, 1000, 1000, 1000}) {
    EXPECT_EQ(backoff.Next(kStart, kNoHint, Least), absl::Milliseconds(ms));
  }
}

TEST(BackoffTest, EachPauseIsDrawnBetweenItsBaseAndTwiceThat) {
  Backoff middle(Forever()), most(Forever());
  for (int ms : {100, 200, 400, 800, 1000, 1000}) {
    EXPECT_EQ(middle.Next(kStart, kNoHint, Middle), absl::Milliseconds(ms) * 1.5);
    const auto pause = most.Next(kStart, kNoHint, Most);
    EXPECT_GT(pause, absl::Milliseconds(ms) * 1.99);
    EXPECT_LT(pause, absl::Milliseconds(ms) * 2);
  }
}

TEST(BackoffTest, AnyNumberOfFailuresKeepsTheMost) {
  Backoff backoff(Forever());
  for (int i = 0; i < 100000; ++i) ASSERT_TRUE(backoff.Next(kStart, kNoHint, Least));
  EXPECT_EQ(backoff.Next(kStart, kNoHint, Least), absl::Seconds(1));
  EXPECT_EQ(backoff.failures(), 100001);
}

TEST(BackoffTest, AMostThatIsNoPowerOfTwoOfTheLeastIsNotExceeded) {
  RetryOptions options = Forever();
  options.max_backoff = absl::Milliseconds(250);
  Backoff backoff(options);
  for (int ms : {100, 200, 250, 250}) {
    EXPECT_EQ(backoff.Next(kStart, kNoHint, Least), absl::Milliseconds(ms));
  }
}

TEST(BackoffTest, WithoutAMostThePausesGoOnDoubling) {
  RetryOptions options = Forever();
  options.max_backoff = absl::InfiniteDuration();
  Backoff backoff(options);
  for (int i = 0; i < 10; ++i) backoff.Next(kStart, kNoHint, Least);
  EXPECT_EQ(backoff.Next(kStart, kNoHint, Least), absl::Milliseconds(100) * 1024);
}

TEST(BackoffTest, TheServersWishIsTheLeastPause) {
  Backoff backoff(Forever());
  EXPECT_EQ(backoff.Next(kStart, absl::Seconds(30), Most), absl::Seconds(30));
  EXPECT_EQ(backoff.Next(kStart, absl::Milliseconds(1), Least), absl::Milliseconds(200));
}

TEST(BackoffTest, ThreeAttemptsAreTwoRetries) {
  Backoff backoff{RetryOptions()};
  EXPECT_TRUE(backoff.Next(kStart, kNoHint, Least));
  EXPECT_TRUE(backoff.Next(kStart, kNoHint, Least));
  EXPECT_FALSE(backoff.Next(kStart, kNoHint, Least));
  EXPECT_EQ(backoff.failures(), 3);
}

TEST(BackoffTest, OneAttemptIsNoRetry) {
  RetryOptions options;
  options.budget = RetryBudget::Attempts(1);
  Backoff backoff(options);
  EXPECT_FALSE(backoff.Next(kStart, kNoHint, Least));
}

TEST(BackoffTest, ATimeBudgetRunsFromTheFirstFailureToTheNextAttempt) {
  RetryOptions options;
  options.budget = RetryBudget::Elapsed(absl::Seconds(10));
  Backoff exact(options);
  EXPECT_TRUE(exact.Next(kStart, kNoHint, Least));
  EXPECT_TRUE(exact.Next(kStart + absl::Milliseconds(9800), kNoHint, Least));  // attempt at 10 s

  Backoff late(options);
  EXPECT_TRUE(late.Next(kStart, kNoHint, Least));
  EXPECT_FALSE(late.Next(kStart + absl::Milliseconds(9801), kNoHint, Least));
}

TEST(BackoffTest, ATimeBudgetDoesNotCountAttempts) {
  RetryOptions options;
  options.budget = RetryBudget::Elapsed(absl::Seconds(10));
  Backoff backoff(options);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(backoff.Next(kStart, kNoHint, Least));
}

TEST(BackoffTest, AServersWishBeyondTheTimeBudgetEndsIt) {
  RetryOptions options;
  options.budget = RetryBudget::Elapsed(absl::Seconds(10));
  Backoff backoff(options);
  EXPECT_FALSE(backoff.Next(kStart, absl::Seconds(11), Least));
}

TEST(BackoffTest, ForeverGoesOnAfterYears) {
  Backoff backoff(Forever());
  EXPECT_TRUE(backoff.Next(kStart, kNoHint, Least));
  EXPECT_TRUE(backoff.Next(kStart + absl::Hours(24 * 365 * 10), kNoHint, Least));
}

TEST(BackoffTest, ProgressStartsTheAttemptsThePausesAndTheTimeAnew) {
  RetryOptions options;
  options.budget = {3, absl::Seconds(10)};
  Backoff backoff(options);
  EXPECT_TRUE(backoff.Next(kStart, kNoHint, Least));
  EXPECT_TRUE(backoff.Next(kStart, kNoHint, Least));
  backoff.Reset();
  EXPECT_EQ(backoff.failures(), 0);
  const absl::Time later = kStart + absl::Hours(1);
  EXPECT_EQ(backoff.Next(later, kNoHint, Least), absl::Milliseconds(100));
  EXPECT_EQ(backoff.Next(later, kNoHint, Least), absl::Milliseconds(200));
  EXPECT_FALSE(backoff.Next(later, kNoHint, Least));
}

}  // namespace
}  // namespace s2
