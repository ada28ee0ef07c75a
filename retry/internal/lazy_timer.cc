// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/internal/lazy_timer.h"

namespace s2::internal {

void LazyTimer::Set(absl::Time deadline) {
  deadline_ = deadline;
  if (deadline >= fires_at_) return;
  fires_at_ = deadline;
  timer_ = clock_->CallAt(deadline, callback_);
}

// The timer that has fired is not always the one that is armed, which may just have taken its
// place. It does not matter which of them it was: what is needed from here on is armed anew.
bool LazyTimer::Due() {
  const bool due = clock_->Now() >= deadline_;
  const absl::Time next = due ? absl::InfiniteFuture() : deadline_;
  Cancel();
  Set(next);
  return due;
}

void LazyTimer::Cancel() {
  deadline_ = fires_at_ = absl::InfiniteFuture();
  timer_.reset();
}

}  // namespace s2::internal
