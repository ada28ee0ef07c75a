// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/simulation/pacing.h"

#include <algorithm>

#include "s2/retry/error.h"

namespace s2::simulation {

void Pacing::OnProgress() {
  tries_ = 0;
  first_failed_at_.reset();
}

void Pacing::OnFailure(absl::Time now, const absl::Status* status) {
  const rpc::v1::ErrorInfo info = status == nullptr ? rpc::v1::ErrorInfo() : GetErrorInfo(*status);
  failed_at_ = now;
  retry_after_ =
      absl::Seconds(info.retry_after().seconds()) + absl::Nanoseconds(info.retry_after().nanos());
  if (info.has_reconnect() && now >= moved_at_ + absl::Minutes(1) &&
      !(first_failed_at_ && now >= *first_failed_at_ + options_.budget.max_elapsed)) {
    last_ = Last::kFreeMove;
    moved_at_ = now;
    moves_ = 0;
    return;
  }
  last_ = info.has_reconnect() ? Last::kMove : Last::kTry;
  ++(last_ == Last::kMove ? moves_ : tries_);
  if (!first_failed_at_) first_failed_at_ = now;
}

absl::string_view Pacing::CheckRetry(absl::Time now) const {
  if (Spent()) return "it tried more often, or for longer, than it may";
  if (last_ == Last::kFreeMove)
    return now == failed_at_ ? "" : "it was sent elsewhere, and did not go at once";
  const RetryOptions& o = options_;
  absl::Duration base = o.min_backoff;
  for (int i = 1; i < (last_ == Last::kMove ? moves_ : tries_); ++i)
    base = std::min(base * 2, o.max_backoff);
  const absl::Duration asked = std::min(retry_after_, absl::Seconds(60));
  const absl::Duration left = *first_failed_at_ + o.budget.max_elapsed - failed_at_;
  // The base stops growing where twice of it is the longest pause there is.
  const absl::Duration least = std::max(o.min_backoff, std::min(base, o.max_backoff / 2));
  const absl::Duration most = std::min(base * 2, o.max_backoff);
  const absl::Duration pause = now - failed_at_;
  if (pause < std::min(std::max(least, asked), left)) return "it came back too early";
  if (pause > std::min(std::max(most, asked), left)) return "it came back too late";
  return "";
}

bool Pacing::Spent() const {
  return tries_ >= options_.budget.max_attempts ||
         (first_failed_at_ && failed_at_ >= *first_failed_at_ + options_.budget.max_elapsed);
}

}  // namespace s2::simulation
