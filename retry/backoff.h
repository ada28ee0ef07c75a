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
//
// A move (a server that leaves asked its caller to go elsewhere) is no failure: it spends time of
// the budget, and no attempt. Pauses between moves grow by their own count, which progress does not
// change.
class Backoff {
 public:
  explicit Backoff(const RetryOptions& options) : options_(options) {}

  // An attempt failed at `now`: the pause before the next one; nothing when the budget is spent.
  // The pause is at least what the server asked for (RetryAfter of the error), but never lasts
  // longer than the budget: the last attempt begins when that is over.
  std::optional<absl::Duration> Next(const absl::Status& error, absl::Time now,
                                     const Random& random);

  // The same after a move.
  std::optional<absl::Duration> NextMove(const absl::Status& error, absl::Time now,
                                         const Random& random);

  // Is the budget's time over?
  bool TimeIsOver(absl::Time now) const {
    return first_at_ && now - *first_at_ >= options_.budget.max_elapsed;
  }

  // Progress was made.
  void Reset();
  // The next move is the first of a new row.
  void ForgetMoves() { moves_ = 0; }

  // Failures since the last progress.
  int failures() const { return failures_; }

 private:
  // The pause after the `n`th failure or move in a row; nothing when the budget's time is over.
  std::optional<absl::Duration> Pause(int n, const absl::Status& error, absl::Time now,
                                      const Random& random);

  const RetryOptions options_;
  int failures_ = 0;
  int moves_ = 0;
  // Of the first failure or move since the last progress.
  std::optional<absl::Time> first_at_;
};

}  // namespace s2

#endif  // S2_RETRY_BACKOFF_H_
