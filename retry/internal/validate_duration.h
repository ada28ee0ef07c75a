// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_RETRY_INTERNAL_VALIDATE_DURATION_H_
#define S2_RETRY_INTERNAL_VALIDATE_DURATION_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// Checks of options that are durations. Errors, of code kInvalid, name field, value and limit.
namespace s2::internal {

// OK if `value` is `least` or more.
absl::Status ValidateAtLeast(absl::string_view field, absl::Duration value, absl::Duration least);

// OK for a timeout that some answer can keep: 1 ms or more.
absl::Status ValidateTimeout(absl::string_view field, absl::Duration value);

}  // namespace s2::internal

#endif  // S2_RETRY_INTERNAL_VALIDATE_DURATION_H_
