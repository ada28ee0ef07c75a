// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/simulation/schedule.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "s2/tests/simulation/dice.h"
#include "s2/tests/simulation/world.h"

namespace s2::simulation {
namespace {

struct Row {
  absl::string_view name;
  uint64_t weight;
};

// In the order of Act.
constexpr Row kRows[] = {
    {"opens a writer", 2},
    {"submits", 70},
    {"submits without waiting", 6},
    {"submits nonsense", 1},
    {"submits again what was handed back", 12},
    {"reserves", 14},
    {"reserves without waiting", 4},
    {"uses a permit", 14},
    {"drops a permit", 3},
    {"cancels a reservation", 4},
    {"flushes", 5},
    {"flushes without waiting", 2},
    {"closes", 2},
    {"closes without waiting", 1},
    {"cancels a writer", 1},
    {"takes back", 3},
    {"drops a writer", 1},
    {"opens a reader", 3},
    {"takes", 16},
    {"takes without waiting", 8},
    {"waits for the tail", 4},
    {"cancels a reader", 1},
    {"drops a reader", 1},
    {"a foreign batch", 6},
    {"refused connections", 2},
    {"a cut", 5},
    {"a frozen connection", 2},
    {"stuck writes", 1},
    {"withheld acks", 1},
    {"a lie", 1},
    {"an error", 5},
    {"a server leaves", 2},
    {"a restart", 2},
    {"a deleted stream", 1},
    {"a trim", 2},
    {"expired records", 1},
    {"no heartbeats", 1},
    {"a slow reader", 2},
    {"a proxy that hangs up", 2},
};
static_assert(std::size(kRows) == static_cast<size_t>(Act::kHangUp) + 1);

Act DrawAct(Dice& dice) {
  uint64_t sum = 0;
  for (const Row& row : kRows) sum += row.weight;
  uint64_t pick = dice.Pick(sum);
  size_t i = 0;
  for (; pick >= kRows[i].weight; ++i) pick -= kRows[i].weight;
  return static_cast<Act>(i);
}

absl::Duration DrawGap(Dice& dice) {
  switch (dice.Pick(8)) {
    case 0:
      return dice.UpTo(absl::Seconds(2));
    case 1:
    case 2:
      return dice.UpTo(absl::Milliseconds(200));
    case 3:
    case 4:
    case 5:
      return dice.UpTo(absl::Milliseconds(5));
    default:
      return absl::ZeroDuration();
  }
}

}  // namespace

absl::string_view Name(Act act) { return kRows[static_cast<size_t>(act)].name; }

bool IsFault(Act act) { return act >= Act::kRefuse; }

Schedule DrawSchedule(uint64_t seed) {
  Dice dice(seed);
  Schedule schedule{seed, {}};
  const int writers = static_cast<int>(dice.Draw(1, 3));
  const int readers = static_cast<int>(dice.Pick(3));
  for (int i = 0; i < writers; ++i) {
    schedule.steps.push_back({absl::ZeroDuration(), Act::kOpenWriter, i, dice.Next()});
  }
  for (int i = 0; i < readers; ++i) {
    schedule.steps.push_back({absl::ZeroDuration(), Act::kOpenReader, i, dice.Next()});
  }
  const bool alone = writers == 1 && dice.OneIn(2);
  absl::Duration at;
  for (uint64_t i = dice.Draw(70, 130); i > 0; --i) {
    Act act = DrawAct(dice);
    if (act == Act::kForeignBatch && alone) act = Act::kSubmit;
    at += DrawGap(dice);
    const bool of_reader = act >= Act::kOpenReader && act <= Act::kDropReader;
    const int who = static_cast<int>(dice.Pick(of_reader ? std::max(readers, 1) : writers));
    schedule.steps.push_back({at, act, who, dice.Next()});
  }
  return schedule;
}

std::string Describe(const Step& step) {
  return absl::StrCat("+", World::Seconds(step.at), " ", step.who, ": ", Name(step.act));
}

}  // namespace s2::simulation
