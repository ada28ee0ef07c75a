// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/backoff.h"

#include <algorithm>

#include "s2/retry/error.h"

namespace s2 {

std::optional<absl::Duration> Backoff::Next(const absl::Status& error, absl::Time now,
                                            const Random& random) {
  if (++failures_ >= options_.budget.max_attempts) return std::nullopt;
  return Pause(failures_, error, now, random);
}

std::optional<absl::Duration> Backoff::NextMove(const absl::Status& error, absl::Time now,
                                                const Random& random) {
  return Pause(++moves_, error, now, random);
}

void Backoff::Reset() {
  failures_ = 0;
  first_at_.reset();
}

std::optional<absl::Duration> Backoff::Pause(int n, const absl::Status& error, absl::Time now,
                                             const Random& random) {
  if (!first_at_) first_at_ = now;
  if (TimeIsOver(now)) return std::nullopt;
  // Half of the longest pause at the most, so that also the longest are drawn: those who failed
  // together do not come back together.
  const absl::Duration last_base = std::max(options_.min_backoff, options_.max_backoff / 2);
  absl::Duration base = options_.min_backoff;
  for (int i = 1; i < n && base < last_base; ++i) base *= 2;
  base = std::min(base, last_base);
  absl::Duration pause = std::min(base + base * random(), options_.max_backoff);
  pause = std::max(pause, RetryAfter(error));
  return std::min(pause, options_.budget.max_elapsed - (now - *first_at_));
}

}  // namespace s2
