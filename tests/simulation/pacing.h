// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SIMULATION_PACING_H_
#define S2_TESTS_SIMULATION_PACING_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "s2/retry/policy.h"

namespace s2::simulation {

// Watches how often and how fast a session tries again: all that its options promise, reckoned from
// what its network saw.
class Pacing {
 public:
  explicit Pacing(const RetryOptions& options) : options_(options) {}

  // Something came of it: all is forgotten, but for moves.
  void OnProgress();
  // An attempt failed; `status` null: the session gave it up.
  void OnFailure(absl::Time now, const absl::Status* status);
  // What is wrong with another attempt now; empty: nothing.
  absl::string_view CheckRetry(absl::Time now) const;
  // May the session say that its budget is spent?
  bool Spent() const;

 private:
  const RetryOptions options_;
  int tries_ = 0;  // failures in a row, without moves: servers that left
  int moves_ = 0;  // moves since the last one that cost no pause
  absl::Time moved_at_ = absl::InfinitePast();  // when that was
  // What the last failure was.
  enum class Last { kTry, kMove, kFreeMove } last_ = Last::kTry;
  absl::Time failed_at_;                       // the last one
  std::optional<absl::Time> first_failed_at_;  // since there was progress, without free moves
  absl::Duration retry_after_;                 // what the server asked for when it failed last
};

}  // namespace s2::simulation

#endif  // S2_TESTS_SIMULATION_PACING_H_
