// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_RETRY_POLICY_H_
#define S2_RETRY_POLICY_H_

#include <limits>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace s2 {

// How long to keep trying without progress. Progress (an ack, a frame read) starts the budget anew.
struct RetryBudget {
  // Attempts in all, the first included. Default: 3. 1: never retry. Least: 1.
  int max_attempts = 3;
  // Time since the first failure. Default: no limit.
  absl::Duration max_elapsed = absl::InfiniteDuration();

  // This many attempts.
  static RetryBudget Attempts(int n) { return {n, absl::InfiniteDuration()}; }
  // Any number of attempts within this time of the first failure.
  static RetryBudget Elapsed(absl::Duration time) {
    return {std::numeric_limits<int>::max(), time};
  }
  // No limit: only a terminal error ends it.
  static RetryBudget Forever() { return Elapsed(absl::InfiniteDuration()); }
};

// When and how fast to retry.
struct RetryOptions {
  // See RetryBudget. Default: 3 attempts.
  RetryBudget budget;
  // Pause before the first retry; it doubles with each further one. Default: 100 ms. Least: 1 ms.
  absl::Duration min_backoff = absl::Milliseconds(100);
  // The doubling stops here. Each pause is drawn between its base and twice that. Default: 1 s.
  // Least: min_backoff.
  absl::Duration max_backoff = absl::Seconds(1);
};

// OK, or what is wrong with the options, naming field, value and limit.
absl::Status Validate(const RetryOptions& options);

// Which failed appends may be sent again.
enum class AppendRetryPolicy {
  // All whose error may pass. One whose ack was lost may be in the stream already, and then lands
  // twice.
  kAtLeastOnce,
  // Only those that certainly had no effect. One whose ack was lost fails.
  kAtMostOnce,
  // All whose error may pass, and none lands twice. Append sessions only; AppendSession says how.
  kExactlyOnce,
};

// May a session, or a unary append, that failed with `error` be tried again? `marked`: some batch
// without an ack may have been accepted by some attempt. The budget is another question.
bool MayRetry(const absl::Status& error, AppendRetryPolicy policy, bool marked);

}  // namespace s2

#endif  // S2_RETRY_POLICY_H_
