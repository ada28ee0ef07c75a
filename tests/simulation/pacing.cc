// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/simulation/pacing.h"

#include <algorithm>

#include "s2/retry/error.h"

namespace s2::simulation {

void Pacing::OnFailure(absl::Time now, const absl::Status* status) {
  ++failures_;
  failed_at_ = now;
  retry_after_ = absl::ZeroDuration();
  if (status == nullptr) return;
  const rpc::v1::ErrorInfo info = GetErrorInfo(*status);
  if (info.has_reconnect()) ++moves_;
  retry_after_ = absl::Nanoseconds(info.retry_after().nanos());
}

absl::string_view Pacing::CheckRetry(absl::Time now) const {
  if (tries() >= options_.budget.max_attempts) return "it tried more often than it may";
  if (moves_ > 0) return "";
  absl::Duration base = options_.min_backoff;
  for (int i = 1; i < tries(); ++i) base = std::min(base * 2, options_.max_backoff);
  const absl::Duration pause = now - failed_at_;
  if (pause < std::max(base, retry_after_)) return "it came back too early";
  if (pause > std::max(base * 2, retry_after_)) return "it came back too late";
  return "";
}

// With a budget of time, the pause that would be too long is not known.
bool Pacing::Spent() const {
  return options_.budget.max_elapsed != absl::InfiniteDuration() ||
         tries() >= options_.budget.max_attempts;
}

// Eight moves in a row are free.
int Pacing::tries() const { return failures_ - std::min(moves_, 8); }

}  // namespace s2::simulation
