// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/io_threads.h"

#include <unistd.h>

#include <algorithm>
#include <asio/error.hpp>
#include <asio/ssl/error.hpp>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <system_error>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"

namespace s2::http2 {
namespace {

// As many as there are by default, however many clients.
constexpr size_t kThreads = 4;
// How long an exit waits for threads that are at work. Their work is short; but they may wait for a
// lock of who called exit.
constexpr std::chrono::seconds kHaltTimeout(1);

class IoThreads {
 public:
  absl::StatusOr<std::vector<IoLoop*>> Take(size_t count) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    const size_t free = std::count_if(shares_.begin(), shares_.end(),
                                      [](const Share& share) { return share.clients == 0; });
    const size_t most = std::max(count, kThreads);
    for (size_t i = free; i < count && shares_.size() < most; ++i) {
      try {
        shares_.push_back({new IoLoop(), 0});
        if (halted_) shares_.back().loop->Halt();
      } catch (const std::system_error& error) {
        if (!shares_.empty()) break;
        return absl::ResourceExhaustedError(
            absl::StrCat("no thread for the network can be made: ", error.what()));
      }
    }
    std::stable_sort(shares_.begin(), shares_.end(),
                     [](const Share& a, const Share& b) { return a.clients < b.clients; });
    std::vector<IoLoop*> taken;
    for (size_t i = 0; i < std::min(count, shares_.size()); ++i) {
      ++shares_[i].clients;
      taken.push_back(shares_[i].loop);
    }
    return taken;
  }

  void GiveBack(const std::vector<IoLoop*>& loops) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    for (Share& share : shares_) {
      share.clients -= static_cast<size_t>(std::count(loops.begin(), loops.end(), share.loop));
    }
  }

  void Halt() ABSL_LOCKS_EXCLUDED(mu_) {
    if (getpid() != pid_) return;  // a forked child has none of the threads
    std::vector<IoLoop*> loops;
    {
      absl::MutexLock lock(&mu_);
      halted_ = true;
      for (const Share& share : shares_) loops.push_back(share.loop);
    }
    for (IoLoop* loop : loops) loop->Halt();
    const auto deadline = std::chrono::steady_clock::now() + kHaltTimeout;
    for (IoLoop* loop : loops) loop->AwaitHalted(deadline);
  }

 private:
  struct Share {
    IoLoop* loop;
    size_t clients;
  };

  const pid_t pid_ = getpid();
  absl::Mutex mu_;
  std::vector<Share> shares_ ABSL_GUARDED_BY(mu_);
  bool halted_ ABSL_GUARDED_BY(mu_) = false;
};

// The threads of the process; null before the first client. Never destroyed.
std::atomic<IoThreads*> g_threads = nullptr;

IoThreads& Threads() {
  static auto* const threads = [] {
    auto* const made = new IoThreads();
    g_threads = made;
    return made;
  }();
  return *threads;
}

void Halt() {
  if (IoThreads* const threads = g_threads) threads->Halt();
}

// Handlers of exit run in the opposite order of their registration. This one runs before asio's
// error categories go, since they are made here, and after all objects of the program's whose
// initialisation has no priority: those may still use a client.
[[gnu::constructor(101)]] void HaltAtTheEndOfExit() {
  asio::error::get_netdb_category();
  asio::error::get_addrinfo_category();
  asio::error::get_misc_category();
  asio::error::get_ssl_category();
  asio::ssl::error::get_stream_category();
  std::atexit(Halt);
}

}  // namespace

absl::StatusOr<std::vector<IoLoop*>> TakeIoLoops(size_t count) { return Threads().Take(count); }

void GiveBack(const std::vector<IoLoop*>& loops) { Threads().GiveBack(loops); }

void HaltIoThreadsAtExit() {
  static const int registered = std::atexit(Halt);
  static_cast<void>(registered);
}

}  // namespace s2::http2
