// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SIMULATION_FIGURES_H_
#define S2_TESTS_SIMULATION_FIGURES_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "s2/tests/simulation/simulation.h"

namespace s2::simulation {

// How often each number came up; what is beyond the last counts as the last.
class Histogram {
 public:
  void Add(size_t value) { ++counts_[std::min(value, counts_.size() - 1)]; }
  void Add(const Histogram& other) {
    for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  }
  size_t Median() const {
    uint64_t sum = 0;
    for (const uint64_t count : counts_) sum += count;
    size_t i = 0;
    for (uint64_t seen = counts_[0]; seen * 2 < sum; seen += counts_[i]) ++i;
    return i;
  }

 private:
  std::array<uint64_t, 512> counts_{};
};

// What came of some simulations. Plain memory: processes may share it.
struct Figures {
  uint64_t seeds = 0;
  uint64_t violations = 0;
  uint64_t events = 0;
  Histogram operations;
  Histogram faults;

  void Add(const Outcome& outcome) {
    ++seeds;
    violations += outcome.violation.has_value();
    events += outcome.events;
    operations.Add(outcome.operations);
    faults.Add(outcome.faults);
  }
  void Add(const Figures& other) {
    seeds += other.seeds;
    violations += other.violations;
    events += other.events;
    operations.Add(other.operations);
    faults.Add(other.faults);
  }
};

}  // namespace s2::simulation

#endif  // S2_TESTS_SIMULATION_FIGURES_H_
