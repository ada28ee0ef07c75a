// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/bench/check.h"

#include <cstdlib>
#include <iostream>

namespace s2::bench {

void Die(absl::string_view why) {
  std::cerr << "benchmark failed: " << why << std::endl;
  std::_Exit(2);
}

}  // namespace s2::bench
