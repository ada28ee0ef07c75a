// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/internal/timer_thread.h"

#include <chrono>
#include <thread>

namespace s2::internal {
namespace {

using Monotonic = std::chrono::steady_clock;

}  // namespace

absl::Time MonotonicNow() {
  return absl::UnixEpoch() + absl::FromChrono(Monotonic::now().time_since_epoch());
}

TimerThread& TimerThread::OfProcess() {
  // Leaked: its thread uses it until the process ends.
  static auto* const thread = new TimerThread();
  return *thread;
}

TimerThread::Key TimerThread::Arm(absl::Time when, Callback callback) {
  const std::lock_guard<std::mutex> lock(mu_);
  const Key key = {when, ++last_number_};
  timers_.emplace(key, std::move(callback));
  if (!started_) {
    started_ = true;
    std::thread([this] { Run(); }).detach();
  } else if (when < wakes_at_) {
    wakes_at_ = when;
    earlier_.notify_one();
  }
  return key;
}

void TimerThread::Disarm(const Key& key) {
  Callback cancelled;  // destroyed without the lock: it may own anything
  const std::lock_guard<std::mutex> lock(mu_);
  if (auto node = timers_.extract(key)) cancelled = std::move(node.mapped());
}

void TimerThread::Run() {
  std::unique_lock<std::mutex> lock(mu_);
  while (true) {
    const auto first = timers_.begin();
    const absl::Time next = first == timers_.end() ? absl::InfiniteFuture() : first->first.first;
    if (next <= MonotonicNow()) {
      auto due = timers_.extract(first);
      lock.unlock();
      due.mapped()();
      due = {};  // what the callback owns goes without the lock
      lock.lock();
      continue;
    }
    wakes_at_ = next;
    if (next == absl::InfiniteFuture()) {
      earlier_.wait(lock);
    } else {
      earlier_.wait_until(
          lock, Monotonic::time_point(absl::ToChronoNanoseconds(next - absl::UnixEpoch())));
    }
    wakes_at_ = absl::InfinitePast();
  }
}

}  // namespace s2::internal
