// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gtest/gtest.h>

#include "s2/gateway/internal/http2/error.h"
#include "s2/retry/error.h"

namespace s2::gateway {
namespace {

TEST(NotSentTest, KeepsTheErrorAndFreesItOfSideEffects) {
  const absl::Status broken = MakeError(ErrorCode::kServerDisconnected, "connection refused");
  ASSERT_FALSE(HasNoSideEffects(broken));
  const absl::Status error = NotSent(broken);
  EXPECT_EQ(error.code(), broken.code());
  EXPECT_EQ(error.message(), broken.message());
  EXPECT_EQ(GetErrorCode(error), ErrorCode::kServerDisconnected);
  EXPECT_TRUE(IsRetryable(error));
  EXPECT_TRUE(HasNoSideEffects(error));
}

TEST(NotSentTest, WorksForAnErrorWithoutACode) {
  const absl::Status error = NotSent(absl::CancelledError("given up"));
  EXPECT_EQ(error.code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(HasNoSideEffects(error));
}

}  // namespace
}  // namespace s2::gateway
