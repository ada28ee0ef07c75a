// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/simulation/world.h"

#include <utility>

#include "absl/strings/str_format.h"

namespace s2::simulation {
namespace {

// Of the dice that say whether callbacks are held up.
constexpr uint64_t kHolds = 0x686f6c64;

}  // namespace

// Runs callbacks as events.
class World::Callbacks : public Executor {
 public:
  Callbacks(World* world, Dice dice) : world_(world), dice_(dice) {}

  void Run(absl::AnyInvocable<void()> work) override {
    if (world_->held_) return world_->held_->push_back(std::move(work));
    world_->After(Delay(), std::move(work));
  }

 private:
  absl::Duration Delay() {
    if (!dice_.OneIn(4)) return absl::ZeroDuration();
    return dice_.UpTo(dice_.OneIn(8) ? absl::Milliseconds(300) : absl::Milliseconds(2));
  }

  World* const world_;
  Dice dice_;
};

World::World(uint64_t seed, Trace trace)
    : dice_(seed), trace_(std::move(trace)), holds_callbacks_(dice(kHolds).OneIn(16)) {
  if (holds_callbacks_) held_.emplace();
}

// An event that is dropped may bring another.
World::~World() {
  held_.reset();
  while (!events_.empty()) std::exchange(events_, {});
}

bool World::RunNext() {
  const absl::Time timer = clock_->next_timer();
  if (events_.empty() || timer < events_.begin()->first) return clock_->AdvanceToNextTimer();
  auto event = events_.extract(events_.begin());
  clock_->Advance(event.key() - Now());
  event.mapped()();
  return true;
}

internal::Runtime World::MakeRuntime(uint64_t key) {
  internal::Runtime runtime;
  runtime.clock = clock_;
  runtime.executor = std::make_shared<Callbacks>(this, dice(key));
  runtime.random = [dice = dice(key + 1)]() mutable { return dice.Fraction(); };
  // Traced or not: what is logged takes its turn among the callbacks.
  runtime.log = [this](absl::string_view line) { Log("  ", line); };
  return runtime;
}

void World::ReleaseCallbacks() {
  if (!held_) return;
  Log("* callbacks run");
  auto held = *std::exchange(held_, std::nullopt);
  for (auto& work : held) After(absl::ZeroDuration(), std::move(work));
}

void World::Fail(absl::string_view violation) {
  Log("VIOLATION: ", violation);
  if (!violation_) violation_ = std::string(violation);
}

std::string World::Seconds(absl::Duration time) {
  return absl::StrFormat("%.6fs", absl::ToDoubleSeconds(time));
}

}  // namespace s2::simulation
