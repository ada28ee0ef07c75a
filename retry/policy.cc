// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/policy.h"

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"

namespace s2 {

absl::Status Validate(const RetryOptions& options, absl::string_view name) {
  if (options.budget.max_attempts < 1) {
    return MakeError(ErrorCode::kInvalid,
                     absl::StrCat(name, ".budget.max_attempts is ", options.budget.max_attempts,
                                  "; the least is 1"));
  }
  if (options.budget.max_elapsed < absl::ZeroDuration()) {
    return MakeError(
        ErrorCode::kInvalid,
        absl::StrCat(name, ".budget.max_elapsed is ",
                     absl::FormatDuration(options.budget.max_elapsed), "; it cannot be negative"));
  }
  if (options.min_backoff < absl::Milliseconds(1)) {
    return MakeError(ErrorCode::kInvalid,
                     absl::StrCat(name, ".min_backoff is ",
                                  absl::FormatDuration(options.min_backoff), "; the least is 1ms"));
  }
  if (options.max_backoff < options.min_backoff) {
    return MakeError(
        ErrorCode::kInvalid,
        absl::StrCat(name, ".max_backoff is ", absl::FormatDuration(options.max_backoff),
                     "; the least is min_backoff, ", absl::FormatDuration(options.min_backoff)));
  }
  return absl::OkStatus();
}

bool MayRetry(const absl::Status& error, AppendRetryPolicy policy, bool marked) {
  if (!IsRetryable(error)) return false;
  switch (policy) {
    case AppendRetryPolicy::kAtLeastOnce:
    case AppendRetryPolicy::kExactlyOnce:  // a copy of a pinned batch lands once at the most
      return true;
    case AppendRetryPolicy::kAtMostOnce:
      return !marked;
  }
  return false;
}

}  // namespace s2
