// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"
#include "s2/session/internal/read/read_core.h"

namespace s2::internal {

absl::StatusOr<v1::StreamPosition> ReadCore::WaitCaughtUp(absl::Time deadline) {
  absl::MutexLock lock(&mu_);
  const uint64_t times_before = times_caught_up_;
  bool late = false;
  while (true) {
    if (auto answer = CaughtUpLocked()) return *std::move(answer);
    if (times_caught_up_ > times_before) return last_caught_up_;
    if (late) {
      return absl::DeadlineExceededError(
          absl::StrCat("read session on ", name_, ": not caught up before the deadline"));
    }
    late = caught_up_changed_.WaitWithDeadline(&mu_, deadline);
  }
}

void ReadCore::CaughtUpAsync(CaughtUpCallback callback) {
  Actions actions;
  {
    absl::MutexLock lock(&mu_);
    caught_up_callbacks_.push_back(std::move(callback));
    WakeCaughtUpLocked(&actions);
  }
  Act(std::move(actions));
}

void ReadCore::WakeCaughtUpLocked(Actions* actions) {
  if (!buffer_.taken().caught_up && state_ != State::kEnded) return;  // as for most batches
  const auto answer = CaughtUpLocked();
  if (!answer) return;
  if (answer->ok()) {
    ++times_caught_up_;
    last_caught_up_ = **answer;
  }
  caught_up_changed_.SignalAll();
  for (CaughtUpCallback& callback : caught_up_callbacks_) {
    callbacks_->Add(
        [callback = std::move(callback), answer = *answer]() mutable { callback(answer); });
    actions->kick = true;
  }
  caught_up_callbacks_.clear();
}

std::optional<absl::StatusOr<v1::StreamPosition>> ReadCore::CaughtUpLocked() const {
  if (buffer_.taken().caught_up) return *buffer_.taken().tail;
  if (state_ != State::kEnded || !buffer_.empty()) return std::nullopt;
  if (!end_.ok() && GetErrorCode(end_) != ErrorCode::kSessionDropped) return end_;
  return MakeError(ErrorCode::kSessionClosed,
                   absl::StrCat("read session on ", name_, ": it ended before it was caught up"));
}

}  // namespace s2::internal
