// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/serial_executor.h"

#include <utility>

#include "s2/retry/internal/call_user.h"

namespace s2::internal {

void SerialExecutor::Add(absl::AnyInvocable<void()> work) {
  absl::MutexLock lock(&mu_);
  queue_.push_back(std::move(work));
  added_.store(true, std::memory_order_relaxed);
}

void SerialExecutor::Kick() {
  if (!added_.load(std::memory_order_relaxed)) return;
  {
    absl::MutexLock lock(&mu_);
    added_.store(false, std::memory_order_relaxed);
    if (draining_ || queue_.empty()) return;
    draining_ = true;
  }
  Continue();
}

// What comes while it runs is left to another turn, so that one busy session does not hold a thread
// for ever.
void SerialExecutor::Drain() {
  std::deque<absl::AnyInvocable<void()>> due;
  {
    absl::MutexLock lock(&mu_);
    due.swap(queue_);
  }
  for (absl::AnyInvocable<void()>& work : due) {
    CallUser("a callback or log sink of a session", work);
    work = nullptr;
  }
  {
    absl::MutexLock lock(&mu_);
    draining_ = !queue_.empty();
    if (!draining_) return;
  }
  Continue();
}

void SerialExecutor::Continue() {
  CallUser("Executor::Run",
           [this] { executor_->Run([self = shared_from_this()] { self->Drain(); }); });
}

}  // namespace s2::internal
