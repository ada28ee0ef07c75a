// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/mailbox.h"

namespace s2::http2 {

bool Mailbox::Add(std::shared_ptr<ClientStream> stream) {
  absl::MutexLock lock(&mu_);
  if (state_ == State::kClosed) return false;
  streams_.push_back(std::move(stream));
  if (state_ == State::kAsleep) {
    state_ = State::kAwake;
    wake_();
  }
  return true;
}

void Mailbox::Hold() {
  absl::MutexLock lock(&mu_);
  if (state_ == State::kAsleep) state_ = State::kAwake;
}

Mailbox::Streams Mailbox::Take() {
  absl::MutexLock lock(&mu_);
  if (streams_.empty() && state_ == State::kAwake) state_ = State::kAsleep;
  return std::exchange(streams_, {});
}

Mailbox::Streams Mailbox::Close() {
  absl::MutexLock lock(&mu_);
  state_ = State::kClosed;
  return std::exchange(streams_, {});
}

}  // namespace s2::http2
