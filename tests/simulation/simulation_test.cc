// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/simulation/simulation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "s2/tests/simulation/figures.h"
#include "s2/tests/simulation/shrink.h"

namespace s2::simulation {
namespace {

using Steps = std::vector<size_t>;

std::vector<std::string> TraceOf(uint64_t seed) {
  std::vector<std::string> lines;
  Simulate(DrawSchedule(seed), [&](absl::string_view line) { lines.emplace_back(line); });
  return lines;
}

TEST(SimulationTest, ASeedReplays) {
  for (const uint64_t seed : {1, 2, 3}) EXPECT_EQ(TraceOf(seed), TraceOf(seed)) << "seed " << seed;
  EXPECT_NE(TraceOf(1), TraceOf(2));
}

// Many more are played by script/simulate; these also under the sanitizers.
TEST(SimulationTest, SessionsKeepTheirPromisesWhateverHappens) {
  Figures figures;
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    const Outcome outcome = Simulate(DrawSchedule(seed));
    ASSERT_FALSE(outcome.violation.has_value()) << "seed " << seed << ": " << *outcome.violation;
    figures.Add(outcome);
  }
  EXPECT_GE(figures.operations.Median(), 50);
  EXPECT_GE(figures.faults.Median(), 3);
}

TEST(SimulationTest, EveryActIsDrawn) {
  std::vector<bool> drawn(static_cast<size_t>(Act::kSlowReader) + 1);
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    for (const Step& step : DrawSchedule(seed).steps) drawn[static_cast<size_t>(step.act)] = true;
  }
  for (size_t i = 0; i < drawn.size(); ++i) EXPECT_TRUE(drawn[i]) << Name(static_cast<Act>(i));
}

TEST(SimulationTest, APartOfAScheduleIsASchedule) {
  Schedule schedule = DrawSchedule(7);
  while (!schedule.steps.empty()) {
    EXPECT_FALSE(Simulate(schedule).violation.has_value());
    schedule.steps.resize(schedule.steps.size() / 2);
  }
}

TEST(ShrinkTest, LeavesOnlyWhatMatters) {
  const Steps wanted = {3, 17, 18, 40};
  const auto fails = [&](const Steps& kept) {
    return std::includes(kept.begin(), kept.end(), wanted.begin(), wanted.end());
  };
  EXPECT_EQ(Shrink(50, fails), wanted);
}

TEST(ShrinkTest, LeavesNothingOfWhatFailsAnyway) {
  EXPECT_EQ(Shrink(50, [](const Steps&) { return true; }), Steps());
}

TEST(ShrinkTest, LeavesAllOfWhatFailsOnlyAsAWhole) {
  EXPECT_EQ(Shrink(5, [](const Steps& kept) { return kept.size() == 5; }).size(), 5);
}

}  // namespace
}  // namespace s2::simulation
