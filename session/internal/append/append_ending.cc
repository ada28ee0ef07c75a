// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/append/append_ending.h"

#include <algorithm>

namespace s2::internal {

void AppendEnding::AddFlusher(uint64_t batches, Callback callback) {
  flushers_.push_back({batches, std::move(callback)});
}

void AppendEnding::AddCloser(absl::Time deadline, Callback callback) {
  closers_.push_back(std::move(callback));
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

void AppendEnding::OnEnded(const absl::Status& error) {
  timer_.Cancel();
  for (Flusher& flusher : std::exchange(flushers_, {})) Call(std::move(flusher.callback), error);
  for (Callback& closer : std::exchange(closers_, {})) Call(std::move(closer), error);
}

}  // namespace s2::internal
