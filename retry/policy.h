// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_RETRY_POLICY_H_
#define S2_RETRY_POLICY_H_

#include <limits>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace s2 {

// How long to keep trying without progress. Progress (an ack, a frame read) starts the budget anew;
// both limits hold.
struct RetryBudget {
  // Attempts in all, the first included. Default: no limit. 1: never retry. Least: 1.
  int max_attempts = std::numeric_limits<int>::max();
  // Time since the first failure, within which further attempts may begin: one, the last, begins
  // when it is over. Default: 60 s, longer than a server takes to restart. 0: never retry.
  absl::Duration max_elapsed = absl::Seconds(60);

  // This many attempts, however long they take.
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
  // See RetryBudget. Default: 60 s without progress. docs/errors.md says which outage it survives.
  RetryBudget budget;
  // Shortest pause before the first retry. Each pause is drawn between a base and twice that; the
  // base is this at first, and doubles with each further retry. Default: 100 ms. Least: 1 ms.
  absl::Duration min_backoff = absl::Milliseconds(100);
  // The longest pause there is, unless a server asks for more (RetryAfter), which it gets up to 60
  // s and to the end of the budget. Default: 1 s. Least: min_backoff.
  absl::Duration max_backoff = absl::Seconds(1);
};

// OK, or what is wrong with the options, naming field, value and limit. `name` is what the options
// are called where they stand.
absl::Status Validate(const RetryOptions& options, absl::string_view name = "retry");

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
