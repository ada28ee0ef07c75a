// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "s2/retry/error.h"

namespace s2 {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(MayRetryTest, TheTruthTable) {
  const absl::Status retryable = MakeError(ErrorCode::kUnavailable, "m");
  const absl::Status retryable_without_effect = MakeError(ErrorCode::kRateLimited, "m");
  const absl::Status terminal = MakeError(ErrorCode::kClientHangup, "m");
  const absl::Status terminal_without_effect = MakeError(ErrorCode::kSeqNumMismatch, "m");
  constexpr auto kAtLeastOnce = AppendRetryPolicy::kAtLeastOnce;
  constexpr auto kAtMostOnce = AppendRetryPolicy::kAtMostOnce;
  constexpr auto kExactlyOnce = AppendRetryPolicy::kExactlyOnce;
  const struct {
    absl::Status error;
    AppendRetryPolicy policy;
    bool marked;
    bool may_retry;
  } kRows[] = {
      {retryable, kAtLeastOnce, false, true},
      {retryable, kAtLeastOnce, true, true},
      {retryable, kAtMostOnce, false, true},
      {retryable, kAtMostOnce, true, false},
      {retryable, kExactlyOnce, false, true},
      {retryable, kExactlyOnce, true, true},
      // The error speaks for its own attempt; the mark for all of them.
      {retryable_without_effect, kAtLeastOnce, true, true},
      {retryable_without_effect, kAtMostOnce, false, true},
      {retryable_without_effect, kAtMostOnce, true, false},
      {terminal, kAtLeastOnce, false, false},
      {terminal, kAtLeastOnce, true, false},
      {terminal, kAtMostOnce, false, false},
      {terminal, kAtMostOnce, true, false},
      {terminal_without_effect, kAtLeastOnce, false, false},
      {terminal_without_effect, kAtLeastOnce, true, false},
      {terminal_without_effect, kAtMostOnce, false, false},
      {terminal_without_effect, kAtMostOnce, true, false},
      {terminal, kExactlyOnce, true, false},
      {terminal_without_effect, kExactlyOnce, true, false},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(MayRetry(row.error, row.policy, row.marked), row.may_retry)
        << row.error << " policy " << static_cast<int>(row.policy) << (row.marked ? " marked" : "");
  }
}

TEST(MayRetryTest, NoPolicyRetriesWhatTheTableCallsTerminalNorOk) {
  for (const ErrorRow& row : ErrorTable()) {
    const absl::Status error = MakeError(row.code, "m");
    EXPECT_EQ(MayRetry(error, AppendRetryPolicy::kAtLeastOnce, true), row.retryable) << row.name;
    EXPECT_EQ(MayRetry(error, AppendRetryPolicy::kAtMostOnce, false), row.retryable) << row.name;
    EXPECT_FALSE(MayRetry(error, AppendRetryPolicy::kAtMostOnce, true)) << row.name;
    EXPECT_EQ(MayRetry(error, AppendRetryPolicy::kExactlyOnce, true), row.retryable) << row.name;
  }
  EXPECT_FALSE(MayRetry(absl::OkStatus(), AppendRetryPolicy::kAtLeastOnce, false));
}

TEST(RetryOptionsTest, DefaultsAreValid) {
  const RetryOptions options;
  EXPECT_TRUE(Validate(options).ok());
  EXPECT_EQ(options.budget.max_attempts, std::numeric_limits<int>::max());
  EXPECT_EQ(options.budget.max_elapsed, absl::Seconds(60));
  EXPECT_EQ(options.min_backoff, absl::Milliseconds(100));
  EXPECT_EQ(options.max_backoff, absl::Seconds(1));
}

TEST(RetryOptionsTest, TheLeastOfEachFieldIsValid) {
  RetryOptions options;
  options.budget = {1, absl::ZeroDuration()};
  options.min_backoff = options.max_backoff = absl::Milliseconds(1);
  EXPECT_TRUE(Validate(options).ok());
  options.budget = RetryBudget::Forever();
  options.max_backoff = absl::InfiniteDuration();
  EXPECT_TRUE(Validate(options).ok());
}

TEST(RetryOptionsTest, ErrorsNameFieldValueAndLimit) {
  const auto message = [](const RetryOptions& options) {
    const absl::Status error = Validate(options, "unary_retry");
    EXPECT_EQ(GetErrorCode(error), ErrorCode::kInvalid);
    return std::string(error.message());
  };
  RetryOptions options;
  options.budget.max_attempts = 0;
  EXPECT_THAT(message(options), AllOf(HasSubstr("unary_retry.budget.max_attempts is 0"),
                                      HasSubstr("the least is 1")));
  options = {};
  options.budget.max_elapsed = -absl::Seconds(2);
  EXPECT_THAT(message(options), AllOf(HasSubstr("unary_retry.budget.max_elapsed is -2s"),
                                      HasSubstr("cannot be negative")));
  options = {};
  options.min_backoff = absl::Microseconds(999);
  EXPECT_THAT(message(options),
              AllOf(HasSubstr("unary_retry.min_backoff is 999us"), HasSubstr("the least is 1ms")));
  options = {};
  options.max_backoff = absl::Milliseconds(99);
  EXPECT_THAT(message(options),
              AllOf(HasSubstr("unary_retry.max_backoff is 99ms"), HasSubstr("min_backoff, 100ms")));
}

TEST(RetryBudgetTest, NamedBudgetsLimitWhatTheyName) {
  EXPECT_EQ(RetryBudget::Attempts(5).max_attempts, 5);
  EXPECT_EQ(RetryBudget::Attempts(5).max_elapsed, absl::InfiniteDuration());
  EXPECT_EQ(RetryBudget::Elapsed(absl::Seconds(9)).max_elapsed, absl::Seconds(9));
  EXPECT_EQ(RetryBudget::Elapsed(absl::Seconds(9)).max_attempts, std::numeric_limits<int>::max());
}

}  // namespace
}  // namespace s2
