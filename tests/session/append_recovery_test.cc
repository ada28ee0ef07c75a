// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/append/append_recovery.h"

#include <gtest/gtest.h>

#include "s2/retry/error.h"

namespace s2::internal {
namespace {

using Kind = AppendRecoveryStep::Kind;

absl::Status Broken() { return MakeError(ErrorCode::kServerDisconnected, "cut"); }

class AppendRecoveryTest : public ::testing::Test {
 protected:
  AppendRecovery Make(AppendRetryPolicy policy = AppendRetryPolicy::kAtLeastOnce) {
    return AppendRecovery(policy, {}, [] { return 0.0; });
  }
  const absl::Time now_ = absl::FromUnixSeconds(1000);
};

TEST_F(AppendRecoveryTest, GivesUpOnATerminalErrorAtOnce) {
  EXPECT_EQ(Make().OnFailure(MakeError(ErrorCode::kAuthn, ""), false, now_).kind, Kind::kGiveUp);
}

TEST_F(AppendRecoveryTest, AtMostOnceLooksAtTheMarks) {
  EXPECT_EQ(Make(AppendRetryPolicy::kAtMostOnce).OnFailure(Broken(), true, now_).kind,
            Kind::kGiveUp);
  EXPECT_EQ(Make(AppendRetryPolicy::kAtMostOnce).OnFailure(Broken(), false, now_).kind,
            Kind::kPause);
  EXPECT_EQ(Make(AppendRetryPolicy::kAtLeastOnce).OnFailure(Broken(), true, now_).kind,
            Kind::kPause);
}

TEST_F(AppendRecoveryTest, CountsAttemptsAndTimeSinceTheLastAck) {
  AppendRecovery recovery = Make();
  recovery.OnOpen(now_);
  recovery.OnOpen(now_ + absl::Seconds(1));
  EXPECT_EQ(recovery.attempts(), 2);
  EXPECT_EQ(recovery.elapsed(now_ + absl::Seconds(3)), absl::Seconds(3));
  recovery.OnAck(now_ + absl::Seconds(10));
  EXPECT_EQ(recovery.attempts(), 1);
  recovery.OnOpen(now_ + absl::Seconds(11));
  EXPECT_EQ(recovery.attempts(), 2);
  EXPECT_EQ(recovery.elapsed(now_ + absl::Seconds(12)), absl::Seconds(2));
  recovery.OnIdle();
  recovery.OnOpen(now_ + absl::Seconds(20));
  EXPECT_EQ(recovery.attempts(), 1);
  EXPECT_EQ(recovery.elapsed(now_ + absl::Seconds(20)), absl::ZeroDuration());
}

}  // namespace
}  // namespace s2::internal
