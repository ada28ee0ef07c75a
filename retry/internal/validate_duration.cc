// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/internal/validate_duration.h"

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"

namespace s2::internal {

absl::Status ValidateAtLeast(absl::string_view field, absl::Duration value, absl::Duration least) {
  if (value >= least) return absl::OkStatus();
  return MakeError(ErrorCode::kInvalid,
                   absl::StrCat(field, " is ", absl::FormatDuration(value), "; the least is ",
                                absl::FormatDuration(least)));
}

absl::Status ValidateTimeout(absl::string_view field, absl::Duration value) {
  return ValidateAtLeast(field, value, absl::Milliseconds(1));
}

}  // namespace s2::internal
