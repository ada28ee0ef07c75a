// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SIMULATION_WORLD_H_
#define S2_TESTS_SIMULATION_WORLD_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "s2/session/internal/runtime.h"
#include "s2/testing/manual_clock.h"
#include "s2/tests/simulation/dice.h"

namespace s2::simulation {

// Time, chance and the one thread of a simulation: whatever happens is an event here, and events
// run one after another, in the order of their time. It outlives all that is simulated.
class World {
 public:
  using Trace = std::function<void(absl::string_view line)>;

  // `trace` null: silent.
  World(uint64_t seed, Trace trace);
  ~World();

  absl::Time Now() const { return clock_->Now(); }
  absl::Duration elapsed() const { return Now() - start_; }
  Dice dice(uint64_t key) const { return dice_.Fork(key); }

  // Runs `event` after `delay`; never inside After.
  void After(absl::Duration delay, absl::AnyInvocable<void()> event) {
    events_.emplace(Now() + delay, std::move(event));
  }

  // Runs the next event, or the timers that are due before it. False: there is none.
  bool RunNext();

  // Timers of sessions and events to come.
  size_t timers() const { return clock_->timers(); }
  size_t events() const { return events_.size(); }

  // What a session needs. Its callbacks are events, each a little later than it could be; or, where
  // they are held up, none of them runs before ReleaseCallbacks.
  internal::Runtime MakeRuntime(uint64_t key);

  // Are callbacks held up in this world, as by an executor whose threads are all blocked?
  bool holds_callbacks() const { return holds_callbacks_; }
  // Runs, from now on, what was held up.
  void ReleaseCallbacks();

  // Something that must never be has happened. The first time counts.
  void Fail(absl::string_view violation);
  const std::optional<std::string>& violation() const { return violation_; }

  bool tracing() const { return trace_ != nullptr; }
  template <typename... Args>
  void Log(const Args&... args) const {
    if (trace_) trace_(absl::StrCat("+", Seconds(elapsed()), " ", args...));
  }

  // "1.204s"
  static std::string Seconds(absl::Duration time);

 private:
  const Dice dice_;
  const Trace trace_;
  const std::shared_ptr<testing::ManualClock> clock_ = std::make_shared<testing::ManualClock>();
  const absl::Time start_ = clock_->Now();
  std::multimap<absl::Time, absl::AnyInvocable<void()>> events_;
  const bool holds_callbacks_;
  // What is held up, until it is released; then nothing is any more.
  std::optional<std::vector<absl::AnyInvocable<void()>>> held_;
  std::optional<std::string> violation_;

  class Callbacks;
};

}  // namespace s2::simulation

#endif  // S2_TESTS_SIMULATION_WORLD_H_
