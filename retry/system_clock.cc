// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <grpc/grpc.h>

#include <utility>

#include "absl/time/clock.h"
#include "s2/retry/clock.h"
#include "s2/retry/internal/forked.h"
#include "s2/retry/internal/timer_thread.h"

namespace s2 {
namespace {

using internal::TimerThread;

class SystemTimer : public Timer {
 public:
  explicit SystemTimer(TimerThread::Key key) : key_(key) {}
  ~SystemTimer() override {
    if (!internal::Forked()) TimerThread::OfProcess().Disarm(key_);
  }

 private:
  const TimerThread::Key key_;
};

class SystemClock : public Clock {
 public:
  // Keeps gRPC initialised until the process ends. Otherwise the last channel or server of the
  // process would shut gRPC down, and may do so from a thread of gRPC's own, where that is a crash.
  SystemClock() { grpc_init(); }

  absl::Time Now() const override { return internal::MonotonicNow(); }

  absl::Time FromWall(absl::Time deadline) const override {
    return Now() + (deadline - absl::Now());
  }

  std::unique_ptr<Timer> CallAt(absl::Time when, absl::AnyInvocable<void()> callback) override {
    // In a child that has no timers any more, the callback never comes.
    if (!internal::BeginUse().ok()) return nullptr;
    return std::make_unique<SystemTimer>(TimerThread::OfProcess().Arm(when, std::move(callback)));
  }
};

}  // namespace

std::shared_ptr<Clock> Clock::System() {
  static const auto* clock = new std::shared_ptr<Clock>(std::make_shared<SystemClock>());
  return *clock;
}

}  // namespace s2
