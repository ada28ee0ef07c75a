// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <algorithm>
#include <iostream>
#include <iterator>

#include "s2/tests/conformance/conformance.h"

namespace s2::conformance {
namespace {

bool Exists(const std::string& name) {
  const ::testing::UnitTest& all = *::testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const ::testing::TestSuite& suite = *all.GetTestSuite(i);
    for (int j = 0; j < suite.total_test_count(); ++j) {
      if (name == std::string(suite.name()) + "." + suite.GetTestInfo(j)->name()) return true;
    }
  }
  return false;
}

int Run() {
  if (std::find(std::begin(kTargets), std::end(kTargets), Target()) == std::end(kTargets)) {
    std::cerr << "S2_CONFORMANCE_TARGET is \"" << Target() << "\"; it must be emulator or lite\n";
    return 1;
  }
  const std::string wrong = CheckList(KnownDifferences(Target()), Exists);
  if (!wrong.empty()) {
    std::cerr << "known differences of " << Target() << ": " << wrong << "\n";
    return 1;
  }
  TestClient();
  return RUN_ALL_TESTS();
}

}  // namespace
}  // namespace s2::conformance

int main(int argc, char** argv) {
  ::testing::InitGoogleMock(&argc, argv);
  return s2::conformance::Run();
}
