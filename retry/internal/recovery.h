// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_RETRY_INTERNAL_RECOVERY_H_
#define S2_RETRY_INTERNAL_RECOVERY_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "s2/retry/backoff.h"
#include "s2/retry/policy.h"

namespace s2::internal {

// What follows a failed attempt.
struct RecoveryStep {
  enum class Kind {
    kReopen,  // begin the next attempt at once
    kPause,   // begin the next attempt after `pause`
    kGiveUp,  // begin none: the error is final
  };
  Kind kind;
  absl::Duration pause;  // zero unless kPause
};

// The sentence for the log about a step and the error that led to it: "retries in 100ms: why",
// "moves: why" or "gives up: why".
std::string Describe(const RecoveryStep& step, const absl::Status& error);

// Decides what follows a failed attempt of an append session, a read session or a unary call, and
// counts what was tried since the last progress: an ack, a frame. A server that leaves and asks its
// callers to reconnect (a move) never costs a try. It costs no pause either, but only once in a
// minute, whatever progress there was in between: servers that send a session round in circles are
// met with pauses that grow, until the budget's time is over.
//
// Not thread safe: the mutex of its owner guards it. The time is passed in.
class Recovery {
 public:
  // `policy` says which failed appends may be sent again. What reads or changes nothing takes
  // kAtLeastOnce.
  Recovery(AppendRetryPolicy policy, const RetryOptions& options, Random random)
      : policy_(policy), random_(std::move(random)), backoff_(options) {}

  // An attempt begins.
  void OnAttempt(absl::Time now);

  // The current attempt made progress: budget, pauses and counts start anew.
  void OnProgress(absl::Time now);

  // The owner has nothing left to do: the counts of attempts and time start anew with the next
  // attempt. Budget and pauses do not, as there was no progress.
  void OnIdle() { attempts_ = 0; }

  // An attempt failed at `now`. `marked`: some append without an ack may have been accepted by some
  // attempt (see MayRetry); false for what is no append.
  RecoveryStep OnFailure(const absl::Status& error, bool marked, absl::Time now);

  // The error that the owner ends with, behind the sentence that says who tried, how often and for
  // how long since the last progress: "NAME (2 attempts in 3s): message".
  absl::Status Final(const absl::Status& error, absl::string_view name, absl::Time now) const;

  // Attempts since the last progress, the one that made it included.
  int attempts() const { return attempts_; }
  // Time since the last progress, or else since the first of these attempts began.
  absl::Duration elapsed(absl::Time now) const;

 private:
  const AppendRetryPolicy policy_;
  const Random random_;

  Backoff backoff_;
  int attempts_ = 0;
  // When the count of attempts began; valid while that is not 0.
  absl::Time since_;
  // When a move last cost no pause.
  absl::Time moved_at_ = absl::InfinitePast();
};

}  // namespace s2::internal

#endif  // S2_RETRY_INTERNAL_RECOVERY_H_
