// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/testing/manual_clock.h"

#include <algorithm>

namespace s2::testing {

class ManualClock::ManualTimer : public Timer {
 public:
  ManualTimer(std::shared_ptr<State> state, std::pair<absl::Time, uint64_t> key)
      : state_(std::move(state)), key_(key) {}

  ~ManualTimer() override {
    absl::AnyInvocable<void()> cancelled;  // destroyed without the lock: it may own anything
    absl::MutexLock lock(&state_->mu);
    if (auto node = state_->timers.extract(key_)) cancelled = std::move(node.mapped());
  }

 private:
  const std::shared_ptr<State> state_;
  const std::pair<absl::Time, uint64_t> key_;
};

ManualClock::ManualClock(absl::Time start) : state_(std::make_shared<State>()) {
  absl::MutexLock lock(&state_->mu);
  state_->now = start;
}

absl::Time ManualClock::Now() const {
  absl::MutexLock lock(&state_->mu);
  return state_->now;
}

std::unique_ptr<Timer> ManualClock::CallAt(absl::Time when, absl::AnyInvocable<void()> callback) {
  absl::MutexLock lock(&state_->mu);
  const std::pair<absl::Time, uint64_t> key = {when, state_->next_id++};
  state_->timers.emplace(key, std::move(callback));
  return std::make_unique<ManualTimer>(state_, key);
}

void ManualClock::Advance(absl::Duration by) { AdvanceTo(Now() + by); }

bool ManualClock::AdvanceToNextTimer() {
  const absl::Time next = next_timer();
  if (next == absl::InfiniteFuture()) return false;
  AdvanceTo(std::max(next, Now()));
  return true;
}

void ManualClock::AwaitTimer(absl::Time when) const {
  State& state = *state_;
  const auto armed = [&state, when]() ABSL_SHARED_LOCKS_REQUIRED(state.mu) {
    const auto first = state.timers.lower_bound({when, 0});
    return first != state.timers.end() && first->first.first == when;
  };
  absl::MutexLock lock(&state.mu);
  state.mu.Await(absl::Condition(&armed));
}

size_t ManualClock::timers() const {
  absl::MutexLock lock(&state_->mu);
  return state_->timers.size();
}

absl::Time ManualClock::next_timer() const {
  absl::MutexLock lock(&state_->mu);
  return state_->timers.empty() ? absl::InfiniteFuture() : state_->timers.begin()->first.first;
}

void ManualClock::AdvanceTo(absl::Time time) {
  while (true) {
    absl::AnyInvocable<void()> due;
    {
      absl::MutexLock lock(&state_->mu);
      const auto first = state_->timers.begin();
      if (first == state_->timers.end() || first->first.first > time) {
        state_->now = std::max(state_->now, time);
        return;
      }
      state_->now = std::max(state_->now, first->first.first);
      due = std::move(first->second);
      state_->timers.erase(first);
    }
    due();
  }
}

}  // namespace s2::testing
