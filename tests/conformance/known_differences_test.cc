// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/conformance/known_differences.h"

#include <gtest/gtest.h>

namespace s2::conformance {
namespace {

KnownDifference Listed(absl::string_view test) {
  return {"lite", test, KnownDifference::Treatment::kFails, "because"};
}

bool Exists(const std::string& name) { return name == "A.B" || name == "A.C"; }

TEST(KnownDifferencesTest, AListOfCasesThatExistIsGood) {
  EXPECT_EQ(CheckList({}, Exists), "");
  EXPECT_EQ(CheckList({Listed("A.B"), Listed("A.C")}, Exists), "");
}

TEST(KnownDifferencesTest, ACaseThatDoesNotExistOrComesTwiceIsAnError) {
  EXPECT_EQ(CheckList({Listed("A.B"), Listed("A.X")}, Exists), "there is no case A.X");
  EXPECT_EQ(CheckList({Listed("A.B"), Listed("A.B")}, Exists), "A.B is listed twice");
}

}  // namespace
}  // namespace s2::conformance
