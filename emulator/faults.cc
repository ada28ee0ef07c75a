// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/emulator/faults.h"

#include <utility>

#include "s2/retry/clock.h"
#include "s2/retry/internal/await_until.h"

namespace s2 {
namespace {

using Kind = FaultAction::Kind;

FaultAction Make(Kind kind) {
  FaultAction action;
  action.kind = kind;
  return action;
}

FaultAction Fail(Kind kind, bool after_effect, absl::Status error) {
  FaultAction action = Make(kind);
  action.after_effect = after_effect;
  action.error = std::move(error);
  return action;
}

FaultAction Late(int inputs, bool after) {
  FaultAction action = Fail(Kind::kApplyLate, false, absl::UnavailableError("Socket closed"));
  action.late_inputs = inputs;
  action.late_after = after;
  return action;
}

bool Matches(const FaultMatch& match, const FaultPoint& point) {
  const auto same = [](const std::string& wanted, const std::string& actual) {
    return wanted.empty() || wanted == actual;
  };
  return match.open == !point.message.has_value() && same(match.rpc, point.rpc) &&
         same(match.basin, point.basin) && same(match.stream, point.stream) &&
         (!match.message || match.message == point.message) && (!match.when || match.when(point));
}

}  // namespace

FaultMatch FaultMatch::Open(std::string rpc) {
  FaultMatch match;
  match.rpc = std::move(rpc);
  match.open = true;
  return match;
}

FaultMatch FaultMatch::Message(std::string rpc, std::optional<uint64_t> index) {
  FaultMatch match;
  match.rpc = std::move(rpc);
  match.message = index;
  return match;
}

FaultAction FaultAction::FailBefore(absl::Status error) {
  return Fail(Kind::kFail, false, std::move(error));
}

FaultAction FaultAction::FailAfter(absl::Status error) {
  return Fail(Kind::kFail, true, std::move(error));
}

FaultAction FaultAction::CutBefore() {
  return Fail(Kind::kCut, false, absl::UnavailableError("Socket closed"));
}

FaultAction FaultAction::CutAfter() {
  return Fail(Kind::kCut, true, absl::UnavailableError("Socket closed"));
}

FaultAction FaultAction::Delay(absl::Duration delay) {
  FaultAction action = Make(Kind::kDelay);
  action.delay = delay;
  return action;
}

FaultAction FaultAction::Withhold() { return Delay(absl::InfiniteDuration()); }

FaultAction FaultAction::MutateAck(std::function<void(v1::AppendAck&)> mutate) {
  FaultAction action = Make(Kind::kMutate);
  action.mutate_ack = std::move(mutate);
  return action;
}

FaultAction FaultAction::MutateBatch(std::function<void(v1::ReadBatch&)> mutate) {
  FaultAction action = Make(Kind::kMutate);
  action.mutate_batch = std::move(mutate);
  return action;
}

FaultAction FaultAction::Silence() { return Make(Kind::kSilence); }

FaultAction FaultAction::NoHeartbeats() { return Make(Kind::kNoHeartbeats); }

FaultAction FaultAction::LateBefore(int inputs) { return Late(inputs, false); }

FaultAction FaultAction::LateAfter(int inputs) { return Late(inputs, true); }

FaultAction FaultAction::Reconnect() { return Make(Kind::kReconnect); }

int FaultHandle::fired() const {
  absl::MutexLock lock(&state_->mu);
  return state_->fired;
}

bool FaultHandle::WaitFired(int times, absl::Duration timeout) const {
  State& state = *state_;
  const auto enough = [&state, times]()
                          ABSL_EXCLUSIVE_LOCKS_REQUIRED(state.mu) { return state.fired >= times; };
  absl::MutexLock lock(&state.mu);
  Clock& clock = *Clock::System();
  return internal::AwaitUntil(state.mu, absl::Condition(&enough), clock, clock.Now() + timeout);
}

void FaultHandle::Remove() {
  absl::MutexLock lock(&state_->mu);
  state_->budget = 0;
}

FaultHandle Faults::Add(Fault fault) {
  auto state = std::make_shared<FaultHandle::State>(std::move(fault));
  absl::MutexLock lock(&mu_);
  faults_.push_back(state);
  empty_.store(false, std::memory_order_release);
  return FaultHandle(std::move(state));
}

void Faults::Clear() {
  absl::MutexLock lock(&mu_);
  faults_.clear();
  empty_.store(true, std::memory_order_release);
}

std::optional<FaultAction> Faults::Strike(const FaultPoint& point) {
  if (empty()) return std::nullopt;
  absl::MutexLock lock(&mu_);
  for (const auto& state : faults_) {
    absl::MutexLock fault_lock(&state->mu);
    if (state->budget == 0 || !Matches(state->fault.match, point)) continue;
    if (state->skip > 0) {
      --state->skip;
      continue;
    }
    if (state->budget != Fault::kAlways) --state->budget;
    ++state->fired;
    return state->fault.action;
  }
  return std::nullopt;
}

}  // namespace s2
