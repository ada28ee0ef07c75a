// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_GATEWAY_PATIENCE_H_
#define S2_TESTS_GATEWAY_PATIENCE_H_

#include "absl/time/time.h"

namespace s2::testing {

// How long a test waits at the most for what must come from the scripted server or its client.
inline constexpr absl::Duration kPatience = absl::Seconds(20);

}  // namespace s2::testing

#endif  // S2_TESTS_GATEWAY_PATIENCE_H_
