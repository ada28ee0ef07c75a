// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_FUZZ_REQUIRE_H_
#define S2_TESTS_FUZZ_REQUIRE_H_

#include <cstdio>
#include <cstdlib>

namespace s2 {

// What must hold for every input; else the fuzzer keeps this one.
inline void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace s2

#endif  // S2_TESTS_FUZZ_REQUIRE_H_
