// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/executor.h"

#include <deque>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace s2 {
namespace {

// A fixed number of threads that take work in turn. It is never destroyed.
class ThreadPool : public Executor {
 public:
  explicit ThreadPool(int threads) {
    for (int i = 0; i < threads; ++i) std::thread([this] { Work(); }).detach();
  }

  void Run(absl::AnyInvocable<void()> work) override ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    queue_.push_back(std::move(work));
  }

 private:
  [[noreturn]] void Work() ABSL_LOCKS_EXCLUDED(mu_) {
    while (true) {
      absl::AnyInvocable<void()> work = Take();
      work();
    }
  }

  absl::AnyInvocable<void()> Take() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(
        +[](std::deque<absl::AnyInvocable<void()>>* queue) { return !queue->empty(); }, &queue_));
    absl::AnyInvocable<void()> work = std::move(queue_.front());
    queue_.pop_front();
    return work;
  }

  absl::Mutex mu_;
  std::deque<absl::AnyInvocable<void()>> queue_ ABSL_GUARDED_BY(mu_);
};

}  // namespace

std::shared_ptr<Executor> Executor::Default() {
  constexpr int kThreads = 2;
  // Leaked: callbacks may come until the process ends.
  static const auto* pool = new std::shared_ptr<Executor>(std::make_shared<ThreadPool>(kThreads));
  return *pool;
}

}  // namespace s2
