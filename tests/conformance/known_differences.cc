// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/conformance/known_differences.h"

namespace s2::conformance {
namespace {

using Treatment = KnownDifference::Treatment;

constexpr KnownDifference kAll[] = {
    {"emulator", "EncryptionTest.AnotherKeyDoesNotDecrypt", Treatment::kFails,
     "it keeps records as they come: a read with any key is OK"},
};

}  // namespace

std::vector<KnownDifference> KnownDifferences(absl::string_view target) {
  std::vector<KnownDifference> list;
  for (const KnownDifference& difference : kAll) {
    if (difference.target == target) list.push_back(difference);
  }
  return list;
}

}  // namespace s2::conformance
