// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gtest/gtest.h>

#include "s2/tests/emulator/fixture.h"
#include "s2/tests/server/two_basins.h"

namespace s2 {
namespace {

using MetadataTest = EmulatorTest;

TEST_F(MetadataTest, ACallForTwoBasinsIsRefusedAndHasNoEffect) {
  ExpectAllCallsRefusedForTwoBasins(emulator_->InProcessChannel());
  EXPECT_EQ(*Tail(), 0u);
}

}  // namespace
}  // namespace s2
