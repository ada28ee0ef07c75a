// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_RETRY_BACKOFF_H_
#define S2_RETRY_BACKOFF_H_

#include <functional>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "s2/retry/policy.h"

namespace s2 {

// Draws a number in [0, 1). Thread safe.
using Random = std::function<double()>;

// Counts the failures since the last progress against a budget, and draws the pause after each. One
// a session; not thread safe: the session's mutex guards it.
class Backoff {
 public:
  explicit Backoff(const RetryOptions& options) : options_(options) {}

  // An attempt failed at `now`: the pause before the next one; nothing when the budget is spent.
  // The pause is at least what the server asked for (RetryAfter of the error), but never lasts
  // longer than the budget: the last attempt begins when that is over.
  std::optional<absl::Duration> Next(const absl::Status& error, absl::Time now,
                                     const Random& random);

  // Progress was made.
  void Reset() { failures_ = 0; }

  // Failures since the last progress.
  int failures() const { return failures_; }

 private:
  const RetryOptions options_;
  int failures_ = 0;
  absl::Time first_failure_;  // valid when failures_ > 0
};

}  // namespace s2

#endif  // S2_RETRY_BACKOFF_H_
