// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_SERIAL_EXECUTOR_H_
#define S2_SESSION_INTERNAL_SERIAL_EXECUTOR_H_

#include <atomic>
#include <deque>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "s2/session/executor.h"

namespace s2::internal {

// Runs the callbacks of one session on an executor, one at a time, in the order in which they were
// added. Thread safe. Held by std::shared_ptr; while callbacks are to be run it keeps itself.
class SerialExecutor : public std::enable_shared_from_this<SerialExecutor> {
 public:
  explicit SerialExecutor(std::shared_ptr<Executor> executor) : executor_(std::move(executor)) {}

  // Fixes the place of `work` in the order: runs no foreign code, so it may be called under a lock.
  // Kick must follow, outside it.
  void Add(absl::AnyInvocable<void()> work) ABSL_LOCKS_EXCLUDED(mu_);

  // Sees to it that what was added is run. Costs next to nothing when nothing was.
  void Kick() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Drain() ABSL_LOCKS_EXCLUDED(mu_);
  void Continue();

  const std::shared_ptr<Executor> executor_;

  // Something was added since the last Kick. Set under the mutex.
  std::atomic<bool> added_{false};

  absl::Mutex mu_;
  std::deque<absl::AnyInvocable<void()>> queue_ ABSL_GUARDED_BY(mu_);
  // A Drain is under way, or asked of the executor.
  bool draining_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_SERIAL_EXECUTOR_H_
