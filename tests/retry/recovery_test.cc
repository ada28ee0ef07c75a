// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/internal/recovery.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"

namespace s2::internal {
namespace {

using Kind = RecoveryStep::Kind;

const absl::Time kStart = absl::FromUnixSeconds(1767225600);

absl::Status Broken() { return MakeError(ErrorCode::kServerDisconnected, "cut"); }

absl::Status Leaving() {
  const absl::Status error = MakeError(ErrorCode::kServerDraining, "leaves");
  rpc::v1::ErrorInfo info = GetErrorInfo(error);
  info.mutable_reconnect();
  return WithErrorInfo(error, info);
}

absl::Status Busy(absl::Duration retry_after) {
  const absl::Status error = MakeError(ErrorCode::kRateLimited, "busy");
  rpc::v1::ErrorInfo info = GetErrorInfo(error);
  info.mutable_retry_after()->set_seconds(absl::ToInt64Seconds(retry_after));
  return WithErrorInfo(error, info);
}

Recovery Make(int max_attempts, AppendRetryPolicy policy = AppendRetryPolicy::kAtLeastOnce) {
  RetryOptions options;
  options.budget = RetryBudget::Attempts(max_attempts);
  return Recovery(policy, options, [] { return 0.0; });
}

TEST(RecoveryTest, WhatFollowsAFirstFailure) {
  const absl::Status terminal = MakeError(ErrorCode::kAuthn, "who?");
  constexpr auto kAtLeastOnce = AppendRetryPolicy::kAtLeastOnce;
  constexpr auto kAtMostOnce = AppendRetryPolicy::kAtMostOnce;
  constexpr auto kExactlyOnce = AppendRetryPolicy::kExactlyOnce;
  const struct {
    absl::Status error;
    AppendRetryPolicy policy;
    bool marked;
    int max_attempts;
    Kind kind;
    absl::Duration pause;
  } kRows[] = {
      {Broken(), kAtLeastOnce, false, 2, Kind::kPause, absl::Milliseconds(100)},
      {Broken(), kAtLeastOnce, true, 2, Kind::kPause, absl::Milliseconds(100)},
      {Broken(), kAtMostOnce, false, 2, Kind::kPause, absl::Milliseconds(100)},
      {Broken(), kAtMostOnce, true, 2, Kind::kGiveUp, absl::ZeroDuration()},
      {Broken(), kExactlyOnce, true, 2, Kind::kPause, absl::Milliseconds(100)},
      {Broken(), kAtLeastOnce, false, 1, Kind::kGiveUp, absl::ZeroDuration()},
      {Busy(absl::Seconds(3)), kAtLeastOnce, false, 2, Kind::kPause, absl::Seconds(3)},
      {Busy(absl::Seconds(3)), kAtLeastOnce, false, 1, Kind::kGiveUp, absl::ZeroDuration()},
      // A move needs no budget, but it does need the policy.
      {Leaving(), kAtLeastOnce, true, 1, Kind::kReopen, absl::ZeroDuration()},
      {Leaving(), kAtMostOnce, false, 1, Kind::kReopen, absl::ZeroDuration()},
      {Leaving(), kAtMostOnce, true, 1, Kind::kGiveUp, absl::ZeroDuration()},
      {terminal, kAtLeastOnce, false, 2, Kind::kGiveUp, absl::ZeroDuration()},
      {terminal, kExactlyOnce, true, 2, Kind::kGiveUp, absl::ZeroDuration()},
  };
  for (const auto& row : kRows) {
    Recovery recovery = Make(row.max_attempts, row.policy);
    recovery.OnAttempt(kStart);
    const RecoveryStep step = recovery.OnFailure(row.error, row.marked, kStart);
    const std::string where =
        absl::StrCat(row.error.ToString(), ", policy ", static_cast<int>(row.policy), ", ",
                     row.max_attempts, " attempts", row.marked ? ", marked" : "");
    EXPECT_EQ(step.kind, row.kind) << where;
    EXPECT_EQ(step.pause, row.pause) << where;
  }
}

TEST(RecoveryTest, AMoveCostsNoPauseOnceInAMinuteAndNeverATry) {
  Recovery recovery = Make(2);
  EXPECT_EQ(recovery.OnFailure(Leaving(), false, kStart).kind, Kind::kReopen);
  for (const int pause : {100, 200, 400, 500, 500}) {
    EXPECT_EQ(recovery.OnFailure(Leaving(), false, kStart + absl::Seconds(59)).pause,
              absl::Milliseconds(pause));
  }
  EXPECT_EQ(recovery.OnFailure(Leaving(), false, kStart + absl::Seconds(60)).kind, Kind::kReopen);
  EXPECT_EQ(recovery.OnFailure(Leaving(), false, kStart + absl::Seconds(60)).pause,
            absl::Milliseconds(100));
  EXPECT_EQ(recovery.OnFailure(Broken(), false, kStart + absl::Seconds(60)).kind, Kind::kPause);
}

TEST(RecoveryTest, ProgressDoesNotMakeMovesFree) {
  Recovery recovery = Make(2);
  EXPECT_EQ(recovery.OnFailure(Leaving(), false, kStart).kind, Kind::kReopen);
  for (const int pause : {100, 200, 400, 500, 500}) {
    recovery.OnProgress(kStart);
    EXPECT_EQ(recovery.OnFailure(Leaving(), false, kStart).pause, absl::Milliseconds(pause));
  }
}

TEST(RecoveryTest, MovesEndWithTheTimeOfTheBudget) {
  RetryOptions options;
  options.budget = RetryBudget::Elapsed(absl::Seconds(10));
  Recovery recovery(AppendRetryPolicy::kAtLeastOnce, options, [] { return 0.0; });
  EXPECT_EQ(recovery.OnFailure(Leaving(), false, kStart).kind, Kind::kReopen);
  EXPECT_EQ(recovery.OnFailure(Leaving(), false, kStart + absl::Seconds(1)).kind, Kind::kPause);
  EXPECT_EQ(recovery.OnFailure(Leaving(), false, kStart + absl::Seconds(10)).kind, Kind::kPause);
  EXPECT_EQ(recovery.OnFailure(Leaving(), false, kStart + absl::Seconds(11)).kind, Kind::kGiveUp);
}

TEST(RecoveryTest, MovesTakeNothingFromTheBudget) {
  Recovery recovery = Make(2);
  EXPECT_EQ(recovery.OnFailure(Leaving(), false, kStart).kind, Kind::kReopen);
  EXPECT_EQ(recovery.OnFailure(Broken(), false, kStart).pause, absl::Milliseconds(100));
  EXPECT_EQ(recovery.OnFailure(Leaving(), false, kStart).pause, absl::Milliseconds(100));
  EXPECT_EQ(recovery.OnFailure(Broken(), false, kStart).kind, Kind::kGiveUp);
}

TEST(RecoveryTest, ProgressStartsBudgetAndPausesAnew) {
  Recovery recovery = Make(3);
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(recovery.OnFailure(Broken(), false, kStart).pause, absl::Milliseconds(100));
    EXPECT_EQ(recovery.OnFailure(Broken(), false, kStart).pause, absl::Milliseconds(200));
    recovery.OnProgress(kStart);
  }
}

TEST(RecoveryTest, IdlenessIsNoProgress) {
  Recovery recovery = Make(2);
  EXPECT_EQ(recovery.OnFailure(Broken(), false, kStart).kind, Kind::kPause);
  recovery.OnIdle();
  EXPECT_EQ(recovery.OnFailure(Broken(), false, kStart).kind, Kind::kGiveUp);
}

TEST(RecoveryTest, CountsAttemptsAndTimeSinceTheLastProgress) {
  Recovery recovery = Make(9);
  EXPECT_EQ(recovery.attempts(), 0);
  EXPECT_EQ(recovery.elapsed(kStart), absl::ZeroDuration());
  recovery.OnAttempt(kStart);
  recovery.OnAttempt(kStart + absl::Seconds(1));
  EXPECT_EQ(recovery.attempts(), 2);
  EXPECT_EQ(recovery.elapsed(kStart + absl::Seconds(3)), absl::Seconds(3));
  recovery.OnProgress(kStart + absl::Seconds(10));
  EXPECT_EQ(recovery.attempts(), 1) << "the attempt that made it";
  recovery.OnAttempt(kStart + absl::Seconds(11));
  EXPECT_EQ(recovery.attempts(), 2);
  EXPECT_EQ(recovery.elapsed(kStart + absl::Seconds(12)), absl::Seconds(2));
  recovery.OnIdle();
  EXPECT_EQ(recovery.attempts(), 0);
  EXPECT_EQ(recovery.elapsed(kStart + absl::Seconds(15)), absl::ZeroDuration());
  recovery.OnAttempt(kStart + absl::Seconds(20));
  EXPECT_EQ(recovery.attempts(), 1);
  EXPECT_EQ(recovery.elapsed(kStart + absl::Seconds(20)), absl::ZeroDuration());
}

TEST(RecoveryTest, TheFinalErrorSaysWhoTriedHowOftenAndForHowLong) {
  const struct {
    int attempts;
    absl::Duration elapsed;
    std::string message;
  } kRows[] = {
      {0, absl::Seconds(3), "NAME (0 attempts in 0): cut"},
      {1, absl::ZeroDuration(), "NAME (1 attempt in 0): cut"},
      {2, absl::Seconds(3), "NAME (2 attempts in 3s): cut"},
      {3, absl::Microseconds(1234567), "NAME (3 attempts in 1.234s): cut"},
  };
  for (const auto& row : kRows) {
    Recovery recovery = Make(9);
    for (int i = 0; i < row.attempts; ++i) recovery.OnAttempt(kStart);
    const absl::Status error = recovery.Final(Broken(), "NAME", kStart + row.elapsed);
    EXPECT_EQ(error.message(), row.message);
    EXPECT_EQ(GetErrorCode(error), ErrorCode::kServerDisconnected);
  }
}

TEST(RecoveryTest, ALogLineSaysWhatFollowsAndWhy) {
  EXPECT_EQ(Describe({Kind::kReopen, {}}, Leaving()), "moves: leaves");
  EXPECT_EQ(Describe({Kind::kPause, absl::Milliseconds(100)}, Broken()), "retries in 100ms: cut");
  EXPECT_EQ(Describe({Kind::kPause, absl::Microseconds(1234567)}, Broken()),
            "retries in 1.234s: cut");
  EXPECT_EQ(Describe({Kind::kGiveUp, {}}, Broken()), "gives up: cut");
}

// Plays attempts that fail until an outage is over. Each takes `attempt_time` to fail. Was the
// outage survived?
bool Survives(const RetryBudget& budget, absl::Duration outage, absl::Duration attempt_time,
              double drawn) {
  RetryOptions options;
  options.budget = budget;
  Recovery recovery(AppendRetryPolicy::kAtLeastOnce, options, [drawn] { return drawn; });
  absl::Time now = kStart;
  while (now < kStart + outage) {
    now += attempt_time;
    const RecoveryStep step = recovery.OnFailure(Broken(), false, now);
    if (step.kind == Kind::kGiveUp) return false;
    now += step.pause;
  }
  return true;
}

// The table in docs/errors.md.
TEST(RecoveryTest, WhichOutagesABudgetSurvives) {
  const struct {
    std::string name;
    RetryBudget budget;
    absl::Duration refused;  // the longest outage that is survived if an attempt fails at once
    absl::Duration silent;   // and if it fails by its time-out of 5 s
  } kRows[] = {
      {"sessions, by default", RetryBudget{}, absl::Seconds(60), absl::Seconds(60)},
      {"unary calls, by default", RetryBudget::Elapsed(absl::Seconds(10)), absl::Seconds(10),
       absl::Seconds(10)},
      {"three attempts", RetryBudget::Attempts(3), absl::Seconds(0.3), absl::Seconds(10.3)},
      {"ten minutes", RetryBudget::Elapsed(absl::Minutes(10)), absl::Minutes(10),
       absl::Minutes(10)},
      {"for ever", RetryBudget::Forever(), absl::Hours(1), absl::Hours(1)},
  };
  for (const auto& row : kRows) {
    for (double drawn : {0.0, 0.5, 0.999}) {
      EXPECT_TRUE(Survives(row.budget, row.refused, absl::ZeroDuration(), drawn)) << row.name;
      EXPECT_TRUE(Survives(row.budget, row.silent, absl::Seconds(5), drawn)) << row.name;
      if (row.budget.max_elapsed < absl::Hours(1)) {
        EXPECT_FALSE(
            Survives(row.budget, row.refused + absl::Milliseconds(1), absl::ZeroDuration(), drawn))
            << row.name;
      }
    }
  }
}

}  // namespace
}  // namespace s2::internal
