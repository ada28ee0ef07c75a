// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CLIENT_INTERNAL_UNARY_LOOP_H_
#define S2_CLIENT_INTERNAL_UNARY_LOOP_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "s2/client/options.h"
#include "s2/retry/error_table.h"
#include "s2/retry/internal/recovery.h"
#include "s2/retry/policy.h"
#include "s2/session/internal/runtime.h"

namespace s2::internal {

// What a unary call does, as its loop of attempts needs to know it.
struct Operation {
  // What it does to what: "append to s2://basin/stream". Errors and log lines begin with it.
  std::string name;
  // Longest time for one attempt.
  absl::Duration timeout;
  // For an append, whose final error tells the verdict on effects over all attempts.
  bool is_append = false;
  AppendRetryPolicy policy = AppendRetryPolicy::kAtLeastOnce;
  // The error by which the server answers a call that repeats one that took effect: to a delete,
  // say, that there is nothing to delete. Default: there is no such error.
  ErrorCode if_done = ErrorCode::kNone;
};

// The attempts of one unary call: whether there is another, when, and what the error says at last.
// For one thread, which it blocks.
class UnaryLoop {
 public:
  UnaryLoop(const Runtime& runtime, const RetryOptions& retry, const Operation& operation,
            const CallOptions& options);

  // Begins an attempt, unless the deadline is over or the call was cancelled (false).
  bool BeginAttempt();

  // When the attempt that begins now is over, and the error if it is.
  absl::Time AttemptDeadline() const;
  absl::Status AttemptTimeout() const;

  // An attempt failed. Waits until the next may begin, and begins it (true); or there is none
  // (false).
  bool WaitForNext(const absl::Status& error);

  // Does this error say that an earlier attempt took effect, although its answer was lost
  // (Operation.if_done)?
  bool WasDone(const absl::Status& error) const;

  // Why it failed: the last error, with operation, attempts and elapsed time.
  absl::Status Error() const;

  const std::shared_ptr<Cancellation>& cancellation() const { return options_.cancellation; }

 private:
  bool cancelled() const;
  bool Pause(absl::Time until);
  void Log(const RecoveryStep& step) const;

  const Runtime& runtime_;
  const Operation& operation_;
  const CallOptions& options_;
  const absl::Time deadline_;

  Recovery recovery_;
  // Some attempt may have been accepted.
  bool may_have_effect_ = false;
  // Of the last attempt, or why there was none.
  absl::Status error_;
};

}  // namespace s2::internal

#endif  // S2_CLIENT_INTERNAL_UNARY_LOOP_H_
