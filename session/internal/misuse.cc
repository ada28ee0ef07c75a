// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/misuse.h"

#include <cstdio>
#include <cstdlib>

namespace s2::internal {

void Misuse(const char* what) {
  std::fprintf(stderr, "s2: %s\n", what);
  std::abort();
}

}  // namespace s2::internal
