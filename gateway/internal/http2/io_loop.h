// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_IO_LOOP_H_
#define S2_GATEWAY_INTERNAL_HTTP2_IO_LOOP_H_

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"

namespace s2::http2 {

// A thread for the network and the loop of asio's that it runs, until the process ends: it is
// never destroyed. Many clients share it, so nothing on it may block.
class IoLoop {
 public:
  // Throws std::system_error when the system has no thread or no descriptor to give.
  IoLoop();
  IoLoop(const IoLoop&) = delete;
  IoLoop& operator=(const IoLoop&) = delete;

  // For what lives on the thread.
  asio::io_context& context() { return context_; }

  // Has the thread do this soon, never inside the call; in the order of the calls. Thread safe.
  void Post(absl::AnyInvocable<void()> work);

  // Has the thread leave asio for good, after what was posted before. From then on it does nothing
  // but what is posted, which must not touch asio. Thread safe.
  void Halt();
  // Waits until it has left, or until `deadline`; on the thread itself, it does not wait. Thread
  // safe.
  void AwaitHalted(std::chrono::steady_clock::time_point deadline);
  // Has it left? To be asked on the thread.
  bool halted() const { return halted_; }
  // Keeps what is asio's or OpenSSL's, and so cannot be destroyed any more. On the thread, once
  // halted.
  void Keep(std::shared_ptr<const void> thing) { kept_.push_back(std::move(thing)); }

 private:
  using Posted = std::vector<absl::AnyInvocable<void()>>;

  // Has the thread call Work, or go on if it is halted; mu_ is held.
  void Wake();
  void Work();
  // Does not return.
  void StandStill();

  asio::io_context context_{1};  // one thread runs it
  const asio::executor_work_guard<asio::io_context::executor_type> work_;

  // These are std's, whose time is monotonic; Abseil's waits follow the wall clock.
  std::mutex mu_;
  std::condition_variable changed_;
  // Guarded by mu_.
  Posted posted_;
  bool woken_ = false;    // Work will be called
  bool halting_ = false;  // Halt was called
  bool halted_ = false;   // set on the thread, which reads it without mu_

  // The thread's own.
  Posted working_on_;
  std::vector<std::shared_ptr<const void>> kept_;

  std::thread::id thread_;  // set before anything is posted
};

}  // namespace s2::http2

#endif  // S2_GATEWAY_INTERNAL_HTTP2_IO_LOOP_H_
