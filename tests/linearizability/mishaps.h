// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_LINEARIZABILITY_MISHAPS_H_
#define S2_TESTS_LINEARIZABILITY_MISHAPS_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "s2/emulator/faults.h"

namespace s2::linearizability {

// Makes an emulator misbehave, at random. "faults": as networks and servers do, and a client must
// bear. "lost", "doubled" (with a client that sends again what may have had an effect) and
// "reordered": so that a checker must find it. False: none of these.
bool Install(absl::string_view mishaps, uint64_t seed, Faults& faults);

}  // namespace s2::linearizability

#endif  // S2_TESTS_LINEARIZABILITY_MISHAPS_H_
