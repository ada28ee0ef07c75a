// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/wire/limits.h"

#include <gtest/gtest.h>

#include <limits>

namespace s2::wire {
namespace {

TEST(UnaryWait, IsWhatIsAskedForUpToAMinute) {
  EXPECT_EQ(UnaryWait(0), absl::ZeroDuration());
  EXPECT_EQ(UnaryWait(59), absl::Seconds(59));
  EXPECT_EQ(UnaryWait(60), absl::Minutes(1));
  EXPECT_EQ(UnaryWait(61), absl::Minutes(1));
  EXPECT_EQ(UnaryWait(std::numeric_limits<uint32_t>::max()), absl::Minutes(1));
}

}  // namespace
}  // namespace s2::wire
