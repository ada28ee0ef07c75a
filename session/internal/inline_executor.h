// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_INLINE_EXECUTOR_H_
#define S2_SESSION_INTERNAL_INLINE_EXECUTOR_H_

#include <deque>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "s2/session/executor.h"

namespace s2::internal {

// Runs what it is given in the thread that brings it, one after the other, and inside Run: for work
// of our own, which does not block, and which must not wait for callbacks of users. Thread safe.
class InlineExecutor : public Executor {
 public:
  void Run(absl::AnyInvocable<void()> work) override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  absl::AnyInvocable<void()> Next() ABSL_LOCKS_EXCLUDED(mu_);

  absl::Mutex mu_;
  std::deque<absl::AnyInvocable<void()>> queue_ ABSL_GUARDED_BY(mu_);
  // Some thread is in Run and takes what is queued.
  bool running_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_INLINE_EXECUTOR_H_
