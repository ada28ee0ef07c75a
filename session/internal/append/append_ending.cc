// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/append/append_ending.h"

#include <algorithm>

namespace s2::internal {

void AppendEnding::AddFlusher(uint64_t batches, absl::Time deadline, Callback callback) {
  flushers_.push_back({batches, deadline, std::move(callback)});
  timer_.Set(std::min(deadline, timer_.deadline()));
}

void AppendEnding::AddCloser(absl::Time deadline, Callback callback) {
  closers_.push_back(std::move(callback));
  close_at_ = std::min(deadline, close_at_);
  timer_.Set(std::min(deadline, timer_.deadline()));
}

void AppendEnding::Call(Callback callback, const absl::Status& status) {
  callbacks_->Add([callback = std::move(callback), status]() mutable { callback(status); });
}

void AppendEnding::OnAcked(uint64_t batches) {
  while (!flushers_.empty() && flushers_.front().batches <= batches) {
    Call(std::move(flushers_.front().callback), absl::OkStatus());
    flushers_.pop_front();
  }
}

std::optional<AppendEnding::Flusher> AppendEnding::TakeLateFlusher(absl::Time now) {
  const auto late = std::find_if(flushers_.begin(), flushers_.end(),
                                 [now](const Flusher& flusher) { return now >= flusher.deadline; });
  if (late == flushers_.end()) return std::nullopt;
  Flusher result = std::move(*late);
  flushers_.erase(late);
  return result;
}

void AppendEnding::Arm() {
  absl::Time next = close_at_;
  for (const Flusher& flusher : flushers_) next = std::min(next, flusher.deadline);
  timer_.Cancel();
  timer_.Set(next);
}

void AppendEnding::OnEnded(const absl::Status& error) {
  close_at_ = absl::InfiniteFuture();
  timer_.Cancel();
  for (Flusher& flusher : std::exchange(flushers_, {})) Call(std::move(flusher.callback), error);
  for (Callback& closer : std::exchange(closers_, {})) Call(std::move(closer), error);
}

}  // namespace s2::internal
