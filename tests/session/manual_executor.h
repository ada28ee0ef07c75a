// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SESSION_MANUAL_EXECUTOR_H_
#define S2_TESTS_SESSION_MANUAL_EXECUTOR_H_

#include <deque>
#include <utility>

#include "s2/session/executor.h"

namespace s2::internal {

// Runs callbacks when a test says so, in its thread.
class ManualExecutor : public Executor {
 public:
  void Run(absl::AnyInvocable<void()> work) override { queue_.push_back(std::move(work)); }

  // Runs all there is and what that brings; how much it was.
  size_t RunAll() {
    size_t count = 0;
    for (; !queue_.empty(); ++count) {
      absl::AnyInvocable<void()> work = std::move(queue_.front());
      queue_.pop_front();
      work();
    }
    return count;
  }

  // Forgets what was not run, and what that brings: it may speak of things that are gone.
  void DropAll() {
    while (!queue_.empty()) std::exchange(queue_, {});
  }

 private:
  std::deque<absl::AnyInvocable<void()>> queue_;
};

}  // namespace s2::internal

#endif  // S2_TESTS_SESSION_MANUAL_EXECUTOR_H_
