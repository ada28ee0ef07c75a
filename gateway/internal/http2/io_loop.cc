// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/io_loop.h"

#include <pthread.h>

#include <asio/post.hpp>
#include <utility>

namespace s2::http2 {

IoLoop::IoLoop() : work_(asio::make_work_guard(context_)) {
  std::thread thread([this] {
    pthread_setname_np(pthread_self(), "s2-http");
    context_.run();
  });
  thread_ = thread.get_id();
  thread.detach();
}

void IoLoop::Post(absl::AnyInvocable<void()> work) {
  const std::lock_guard<std::mutex> lock(mu_);
  posted_.push_back(std::move(work));
  Wake();
}

void IoLoop::Halt() {
  const std::lock_guard<std::mutex> lock(mu_);
  halting_ = true;
  Wake();
}

void IoLoop::AwaitHalted(std::chrono::steady_clock::time_point deadline) {
  if (std::this_thread::get_id() == thread_) return;
  std::unique_lock<std::mutex> lock(mu_);
  changed_.wait_until(lock, deadline, [this] { return halted_; });
}

void IoLoop::Wake() {
  if (halted_) {
    changed_.notify_all();
  } else if (!std::exchange(woken_, true)) {
    asio::post(context_, [this] { Work(); });
  }
}

void IoLoop::Work() {
  bool halt = false;
  {
    const std::lock_guard<std::mutex> lock(mu_);
    woken_ = false;
    working_on_.swap(posted_);
    halt = halting_;
  }
  for (auto& work : working_on_) work();
  working_on_.clear();
  if (halt) StandStill();
}

void IoLoop::StandStill() {
  std::unique_lock<std::mutex> lock(mu_);
  halted_ = true;
  changed_.notify_all();
  while (true) {
    changed_.wait(lock, [this] { return !posted_.empty(); });
    working_on_.swap(posted_);
    lock.unlock();
    for (auto& work : working_on_) work();
    working_on_.clear();
    lock.lock();
  }
}

}  // namespace s2::http2
