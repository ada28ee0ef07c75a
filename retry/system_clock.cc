// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <grpc/grpc.h>
#include <grpcpp/alarm.h>

#include <utility>

#include "absl/time/clock.h"
#include "s2/retry/clock.h"

namespace s2 {
namespace {

absl::Time FromMonotonic(const gpr_timespec& now) {
  return absl::FromUnixNanos(now.tv_sec * 1000000000 + now.tv_nsec);
}

// A timer on an alarm of gRPC's. What it has armed may outlive it: that lives until gRPC has called
// back.
class AlarmTimer : public Timer {
 public:
  AlarmTimer(gpr_timespec when, absl::AnyInvocable<void()> callback)
      : armed_(std::make_shared<Armed>()) {
    armed_->callback = std::move(callback);
    // gRPC keeps this function for as long as the alarm lives, and the function shares the alarm.
    // So that neither keeps the other alive for ever, the function lets go of its share when it
    // runs.
    armed_->alarm.Set(when, [armed = armed_](bool fired) mutable {
      const std::shared_ptr<Armed> self = std::move(armed);
      absl::AnyInvocable<void()> callback = std::move(self->callback);
      if (fired) callback();
    });
  }
  ~AlarmTimer() override { armed_->alarm.Cancel(); }

 private:
  struct Armed {
    absl::AnyInvocable<void()> callback;
    grpc::Alarm alarm;
  };
  const std::shared_ptr<Armed> armed_;
};

class SystemClock : public Clock {
 public:
  // Keeps gRPC initialised until the process ends. Otherwise the last alarm of the process would
  // shut gRPC down, and would do so from gRPC's own thread, where that is a crash.
  SystemClock() { grpc_init(); }

  absl::Time Now() const override { return FromMonotonic(gpr_now(GPR_CLOCK_MONOTONIC)); }

  absl::Time FromWall(absl::Time deadline) const override {
    return Now() + (deadline - absl::Now());
  }

  std::unique_ptr<Timer> CallAt(absl::Time when, absl::AnyInvocable<void()> callback) override {
    if (when == absl::InfiniteFuture()) {
      return std::make_unique<AlarmTimer>(gpr_inf_future(GPR_CLOCK_MONOTONIC), std::move(callback));
    }
    const timespec ts = absl::ToTimespec(when - absl::UnixEpoch());
    const gpr_timespec at = {ts.tv_sec, static_cast<int32_t>(ts.tv_nsec), GPR_CLOCK_MONOTONIC};
    return std::make_unique<AlarmTimer>(at, std::move(callback));
  }
};

}  // namespace

std::shared_ptr<Clock> Clock::System() {
  static const auto* clock = new std::shared_ptr<Clock>(std::make_shared<SystemClock>());
  return *clock;
}

}  // namespace s2
