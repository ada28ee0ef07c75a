// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/internal/background.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "s2/retry/internal/forked.h"

namespace s2::internal {
namespace {

constexpr std::chrono::seconds kIdleTime(5);

// The threads behind RunInBackground. What it holds back is never more than there are free threads.
// Its lock and waits are std's, whose time is monotonic; Abseil's waits follow the wall clock.
class BackgroundThreads {
 public:
  void Run(absl::AnyInvocable<void()> task) {
    {
      const std::lock_guard<std::mutex> lock(mu_);
      if (queue_.size() < idle_) {
        queue_.push_back(std::move(task));
        added_.notify_one();
        return;
      }
    }
    std::thread([this, first = std::move(task)]() mutable { Work(std::move(first)); }).detach();
  }

 private:
  void Work(absl::AnyInvocable<void()> task) {
    while (task) {
      task();
      task = nullptr;  // what it owned goes before the thread is free
      task = Next();
    }
  }

  // The next task for this thread; none: it has been free for long enough.
  absl::AnyInvocable<void()> Next() {
    std::unique_lock<std::mutex> lock(mu_);
    ++idle_;
    added_.wait_until(lock, std::chrono::steady_clock::now() + kIdleTime,
                      [this] { return !queue_.empty(); });
    --idle_;
    if (queue_.empty()) return nullptr;
    absl::AnyInvocable<void()> task = std::move(queue_.front());
    queue_.pop_front();
    return task;
  }

  std::mutex mu_;
  std::condition_variable added_;
  // Each of these tasks has a thread of its own among those that are free.
  std::deque<absl::AnyInvocable<void()>> queue_;
  size_t idle_ = 0;
};

}  // namespace

void RunInBackground(absl::AnyInvocable<void()> task) {
  if (Forked()) {  // it has none of the threads, and what the task owns must not go
    return Leak(std::make_shared<const absl::AnyInvocable<void()>>(std::move(task)));
  }
  // Leaked: its threads may use it until the process ends.
  static auto* const threads = new BackgroundThreads();
  threads->Run(std::move(task));
}

}  // namespace s2::internal
