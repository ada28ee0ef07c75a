// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/backoff.h"

#include <algorithm>

namespace s2 {

std::optional<absl::Duration> Backoff::Next(absl::Time now, absl::Duration retry_after,
                                            const Random& random) {
  if (failures_ == 0) first_failure_ = now;
  ++failures_;
  if (failures_ >= options_.budget.max_attempts) return std::nullopt;
  absl::Duration base = options_.min_backoff;
  for (int i = 1; i < failures_ && base < options_.max_backoff; ++i) base *= 2;
  base = std::min(base, options_.max_backoff);
  const absl::Duration pause = std::max(base + base * random(), retry_after);
  if (now + pause - first_failure_ > options_.budget.max_elapsed) return std::nullopt;
  return pause;
}

}  // namespace s2
