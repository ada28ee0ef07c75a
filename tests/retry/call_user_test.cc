// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/internal/call_user.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

namespace s2::internal {
namespace {

TEST(CallUserTest, PassesArgumentsAndTheResultOn) {
  const auto twice = [](std::unique_ptr<int> number) { return *number * 2; };
  EXPECT_EQ(CallUser("a callback", twice, std::make_unique<int>(4)), 8);
  int called = 0;
  CallUser("a callback", [&called] { ++called; });
  EXPECT_EQ(called, 1);
}

TEST(CallUserDeathTest, AnExceptionEndsTheProcessAndSaysWhoseItWas) {
  EXPECT_DEATH(CallUser("a callback", [] { throw std::runtime_error("why"); }),
               "s2: a callback threw an exception: why");
  EXPECT_DEATH(CallUser("a log sink", [] { throw 1; }),
               "s2: a log sink threw an exception: no std::exception");
}

}  // namespace
}  // namespace s2::internal
