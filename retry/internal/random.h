// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_RETRY_INTERNAL_RANDOM_H_
#define S2_RETRY_INTERNAL_RANDOM_H_

#include <string>

#include "s2/retry/backoff.h"

namespace s2::internal {

// A number in [0, 1), from a generator of this thread that the system has seeded, and that is
// seeded anew in a child that fork() made: no two processes draw the same. (Abseil's generators are
// seeded from a pool that a child shares with its parent.) Thread safe.
double DrawNumber();

// 32 hexadecimal digits that nobody else draws: for fencing tokens, identities of writers, request
// tokens.
std::string DrawUniqueId(const Random& random);

}  // namespace s2::internal

#endif  // S2_RETRY_INTERNAL_RANDOM_H_
