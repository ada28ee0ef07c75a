// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/internal/call_user.h"

#include <cstdio>

namespace s2::internal {

void OnUserException(const char* what, const char* why) noexcept {
  std::fprintf(stderr, "s2: %s threw an exception: %s\n", what, why);
  std::terminate();
}

}  // namespace s2::internal
