// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/backoff.h"

#include <gtest/gtest.h>

#include <optional>

#include "s2/retry/error.h"

namespace s2 {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1767225600);

absl::Status Broken() { return MakeError(ErrorCode::kServerDisconnected, "cut"); }

// A server that asks for a pause.
absl::Status Busy(absl::Duration retry_after) {
  const absl::Status error = MakeError(ErrorCode::kRateLimited, "busy");
  rpc::v1::ErrorInfo info = GetErrorInfo(error);
  info.mutable_retry_after()->set_seconds(absl::ToInt64Seconds(retry_after));
  info.mutable_retry_after()->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(retry_after % absl::Seconds(1))));
  return WithErrorInfo(error, info);
}

double Least() { return 0; }
double Middle() { return 0.5; }
double Most() { return 0.999; }

RetryOptions Forever() {
  RetryOptions options;
  options.budget = RetryBudget::Forever();
  return options;
}

TEST(BackoffTest, PausesDoubleFromTheLeastToHalfOfTheMost) {
  Backoff backoff(Forever());
  for (int ms : {100, 200, 400, 500, 500, 500}) {
    EXPECT_EQ(backoff.Next(Broken(), kStart, Least), absl::Milliseconds(ms));
  }
}

TEST(BackoffTest, EachPauseIsDrawnBetweenItsBaseAndTwiceThat) {
  Backoff middle(Forever()), most(Forever());
  for (int ms : {100, 200, 400, 500, 500, 500}) {
    EXPECT_EQ(middle.Next(Broken(), kStart, Middle), absl::Milliseconds(ms) * 1.5);
    const auto pause = most.Next(Broken(), kStart, Most);
    EXPECT_GT(pause, absl::Milliseconds(ms) * 1.99);
    EXPECT_LT(pause, absl::Milliseconds(ms) * 2);
  }
}

TEST(BackoffTest, NoPauseIsLongerThanMaxBackoffNorShorterThanMinBackoff) {
  for (int min_ms : {1, 60, 100, 999, 1000}) {
    for (const auto& random : {Least, Middle, Most}) {
      RetryOptions options = Forever();
      options.min_backoff = absl::Milliseconds(min_ms);
      Backoff backoff(options);
      for (int i = 0; i < 20; ++i) {
        const auto pause = backoff.Next(Broken(), kStart, random);
        EXPECT_GE(pause, options.min_backoff);
        EXPECT_LE(pause, options.max_backoff);
      }
    }
  }
}

TEST(BackoffTest, TheLongestPausesAreDrawnToo) {
  Backoff least(Forever()), most(Forever());
  for (int i = 0; i < 10; ++i) {
    least.Next(Broken(), kStart, Least);
    most.Next(Broken(), kStart, Most);
  }
  EXPECT_EQ(least.Next(Broken(), kStart, Least), absl::Milliseconds(500));
  EXPECT_GT(most.Next(Broken(), kStart, Most), absl::Milliseconds(995));
}

TEST(BackoffTest, AnyNumberOfFailuresKeepsTheMost) {
  Backoff backoff(Forever());
  for (int i = 0; i < 100000; ++i) ASSERT_TRUE(backoff.Next(Broken(), kStart, Least));
  EXPECT_EQ(backoff.Next(Broken(), kStart, Least), absl::Milliseconds(500));
  EXPECT_EQ(backoff.failures(), 100001);
}

TEST(BackoffTest, WithoutAMostThePausesGoOnDoubling) {
  RetryOptions options = Forever();
  options.max_backoff = absl::InfiniteDuration();
  Backoff backoff(options);
  for (int i = 0; i < 10; ++i) backoff.Next(Broken(), kStart, Least);
  EXPECT_EQ(backoff.Next(Broken(), kStart, Least), absl::Milliseconds(100) * 1024);
}

TEST(BackoffTest, TheServersWishIsTheLeastPause) {
  Backoff backoff(Forever());
  EXPECT_EQ(backoff.Next(Busy(absl::Seconds(30)), kStart, Most), absl::Seconds(30));
  EXPECT_EQ(backoff.Next(Busy(absl::Milliseconds(1)), kStart, Least), absl::Milliseconds(200));
}

TEST(BackoffTest, AServersWishIsHonouredUpToAMinute) {
  Backoff backoff(Forever());
  EXPECT_EQ(backoff.Next(Busy(absl::Seconds(60)), kStart, Least), absl::Seconds(60));
  EXPECT_EQ(backoff.Next(Busy(absl::Seconds(61)), kStart, Least), absl::Seconds(60));
  EXPECT_EQ(backoff.Next(Busy(absl::Hours(24 * 49)), kStart, Least), absl::Seconds(60));
  EXPECT_EQ(backoff.Next(Busy(-absl::Hours(1)), kStart, Least), absl::Milliseconds(500));
}

TEST(BackoffTest, ThreeAttemptsAreTwoRetries) {
  RetryOptions options;
  options.budget = RetryBudget::Attempts(3);
  Backoff backoff(options);
  EXPECT_TRUE(backoff.Next(Broken(), kStart, Least));
  EXPECT_TRUE(backoff.Next(Broken(), kStart, Least));
  EXPECT_FALSE(backoff.Next(Broken(), kStart, Least));
  EXPECT_EQ(backoff.failures(), 3);
}

TEST(BackoffTest, OneAttemptIsNoRetry) {
  RetryOptions options;
  options.budget = RetryBudget::Attempts(1);
  Backoff backoff(options);
  EXPECT_FALSE(backoff.Next(Broken(), kStart, Least));
}

TEST(BackoffTest, ATimeBudgetRunsFromTheFirstFailureAndItsLastAttemptBeginsAtItsEnd) {
  RetryOptions options;
  options.budget = RetryBudget::Elapsed(absl::Seconds(10));
  Backoff backoff(options);
  EXPECT_EQ(backoff.Next(Broken(), kStart, Least), absl::Milliseconds(100));
  EXPECT_EQ(backoff.Next(Broken(), kStart + absl::Milliseconds(9800), Least),
            absl::Milliseconds(200));
  EXPECT_EQ(backoff.Next(Broken(), kStart + absl::Milliseconds(9990), Most),
            absl::Milliseconds(10));
  EXPECT_EQ(backoff.Next(Broken(), kStart + absl::Seconds(10), Least), std::nullopt);
}

TEST(BackoffTest, WithoutTimeThereIsNoRetry) {
  RetryOptions options;
  options.budget = RetryBudget::Elapsed(absl::ZeroDuration());
  Backoff backoff(options);
  EXPECT_FALSE(backoff.Next(Broken(), kStart, Least));
}

TEST(BackoffTest, ATimeBudgetDoesNotCountAttempts) {
  RetryOptions options;
  options.budget = RetryBudget::Elapsed(absl::Seconds(10));
  Backoff backoff(options);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(backoff.Next(Broken(), kStart, Least));
}

TEST(BackoffTest, AServersWishIsNotHonouredBeyondTheEndOfTheBudget) {
  RetryOptions options;
  options.budget = RetryBudget::Elapsed(absl::Seconds(10));
  Backoff backoff(options);
  EXPECT_EQ(backoff.Next(Busy(absl::Seconds(3)), kStart, Least), absl::Seconds(3));
  EXPECT_EQ(backoff.Next(Busy(absl::Seconds(30)), kStart + absl::Seconds(3), Least),
            absl::Seconds(7));
  EXPECT_EQ(backoff.Next(Busy(absl::Seconds(1)), kStart + absl::Seconds(10), Least), std::nullopt);
}

TEST(BackoffTest, ForeverGoesOnAfterYears) {
  Backoff backoff(Forever());
  EXPECT_TRUE(backoff.Next(Broken(), kStart, Least));
  EXPECT_TRUE(backoff.Next(Broken(), kStart + absl::Hours(24 * 365 * 10), Least));
}

TEST(BackoffTest, ProgressStartsTheAttemptsThePausesAndTheTimeAnew) {
  RetryOptions options;
  options.budget = {3, absl::Seconds(10)};
  Backoff backoff(options);
  EXPECT_TRUE(backoff.Next(Broken(), kStart, Least));
  EXPECT_TRUE(backoff.Next(Broken(), kStart, Least));
  backoff.Reset();
  EXPECT_EQ(backoff.failures(), 0);
  const absl::Time later = kStart + absl::Hours(1);
  EXPECT_EQ(backoff.Next(Broken(), later, Least), absl::Milliseconds(100));
  EXPECT_EQ(backoff.Next(Broken(), later, Least), absl::Milliseconds(200));
  EXPECT_FALSE(backoff.Next(Broken(), later, Least));
}

}  // namespace
}  // namespace s2
