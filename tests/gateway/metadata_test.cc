// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gtest/gtest.h>

#include "s2/tests/gateway/unary_harness.h"
#include "s2/tests/server/two_basins.h"

namespace s2::gateway {
namespace {

TEST(MetadataTest, ACallForTwoBasinsIsRefusedAndS2IsNotAsked) {
  UnaryHarness harness;
  ExpectAllCallsRefusedForTwoBasins(harness.channel());
  EXPECT_EQ(harness.http().opened(), 0);
}

}  // namespace
}  // namespace s2::gateway
