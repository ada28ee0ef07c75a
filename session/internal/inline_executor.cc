// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/inline_executor.h"

#include <utility>

namespace s2::internal {

void InlineExecutor::Run(absl::AnyInvocable<void()> work) {
  {
    absl::MutexLock lock(&mu_);
    queue_.push_back(std::move(work));
    if (running_) return;
    running_ = true;
  }
  while (absl::AnyInvocable<void()> next = Next()) next();
}

absl::AnyInvocable<void()> InlineExecutor::Next() {
  absl::MutexLock lock(&mu_);
  running_ = !queue_.empty();
  if (!running_) return nullptr;
  absl::AnyInvocable<void()> next = std::move(queue_.front());
  queue_.pop_front();
  return next;
}

}  // namespace s2::internal
