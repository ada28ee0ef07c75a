// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/executor.h"

#include <deque>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "s2/retry/internal/call_user.h"

namespace s2 {
namespace {

// Threads that take work in turn, made when there is work and none of them is free. It is never
// destroyed.
class ThreadPool : public Executor {
 public:
  explicit ThreadPool(int max_threads) : max_threads_(max_threads) {}

  void Run(absl::AnyInvocable<void()> work) override ABSL_LOCKS_EXCLUDED(mu_) {
    {
      absl::MutexLock lock(&mu_);
      queue_.push_back(std::move(work));
      if (queue_.size() <= free_ || threads_ == max_threads_) return;
      ++threads_;
      ++free_;
    }
    std::thread([this] { Work(); }).detach();
  }

 private:
  [[noreturn]] void Work() ABSL_LOCKS_EXCLUDED(mu_) {
    while (true) {
      absl::AnyInvocable<void()> work = Take();
      internal::CallUser("what Executor::Default() was given", work);
      work = nullptr;
      absl::MutexLock lock(&mu_);
      ++free_;
    }
  }

  absl::AnyInvocable<void()> Take() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(
        +[](std::deque<absl::AnyInvocable<void()>>* queue) { return !queue->empty(); }, &queue_));
    absl::AnyInvocable<void()> work = std::move(queue_.front());
    queue_.pop_front();
    --free_;
    return work;
  }

  const int max_threads_;
  absl::Mutex mu_;
  std::deque<absl::AnyInvocable<void()>> queue_ ABSL_GUARDED_BY(mu_);
  int threads_ ABSL_GUARDED_BY(mu_) = 0;
  size_t free_ ABSL_GUARDED_BY(mu_) = 0;  // threads that take what is queued
};

}  // namespace

std::shared_ptr<Executor> Executor::Default() {
  constexpr int kMaxThreads = 2;
  // Leaked: callbacks may come until the process ends.
  static const auto* pool =
      new std::shared_ptr<Executor>(std::make_shared<ThreadPool>(kMaxThreads));
  return *pool;
}

}  // namespace s2
