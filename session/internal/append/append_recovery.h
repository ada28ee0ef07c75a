// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_APPEND_APPEND_RECOVERY_H_
#define S2_SESSION_INTERNAL_APPEND_APPEND_RECOVERY_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "s2/retry/backoff.h"
#include "s2/retry/policy.h"

namespace s2::internal {

// What follows a failed attempt.
struct AppendRecoveryStep {
  enum class Kind {
    kReopen,  // open another attempt at once
    kPause,   // open another attempt after `pause`
    kGiveUp,  // the error is terminal
  };
  Kind kind;
  absl::Duration pause;
};

// Decides what follows a failed attempt of an append session, and counts what was tried since the
// last progress. Not thread safe: the session's mutex guards it.
class AppendRecovery {
 public:
  AppendRecovery(AppendRetryPolicy policy, const RetryOptions& options, Random random)
      : policy_(policy), random_(std::move(random)), backoff_(options) {}

  // An attempt is being opened.
  void OnOpen(absl::Time now);

  // An ack came.
  void OnAck(absl::Time now);

  // The session has nothing to send: the next attempt begins a new count.
  void OnIdle() { attempts_ = 0; }

  // The attempt failed while batches were unacked. `marked`: see MayRetry.
  AppendRecoveryStep OnFailure(const absl::Status& error, bool marked, absl::Time now);

  // Since the last ack, or since the session began to try.
  int attempts() const { return attempts_; }
  absl::Duration elapsed(absl::Time now) const { return now - since_; }

 private:
  const AppendRetryPolicy policy_;
  const Random random_;

  Backoff backoff_;
  // Attempts that took part since the last ack.
  int attempts_ = 0;
  // When that count began.
  absl::Time since_;
  // Times that a server sent us elsewhere since the last ack.
  int moves_ = 0;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_APPEND_APPEND_RECOVERY_H_
