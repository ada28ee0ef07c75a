// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/mailbox.h"

namespace s2::gateway {

bool HttpMailbox::Add(std::shared_ptr<HttpClientStream> stream) {
  absl::MutexLock lock(&mu_);
  if (state_ == State::kClosed) return false;
  streams_.push_back(std::move(stream));
  if (state_ == State::kAsleep) {
    state_ = State::kAwake;
    wake_();
  }
  return true;
}

void HttpMailbox::Hold() {
  absl::MutexLock lock(&mu_);
  if (state_ == State::kAsleep) state_ = State::kAwake;
}

HttpMailbox::Streams HttpMailbox::Take() {
  absl::MutexLock lock(&mu_);
  if (streams_.empty() && state_ == State::kAwake) state_ = State::kAsleep;
  return std::exchange(streams_, {});
}

HttpMailbox::Streams HttpMailbox::Close() {
  absl::MutexLock lock(&mu_);
  state_ = State::kClosed;
  return std::exchange(streams_, {});
}

}  // namespace s2::gateway
