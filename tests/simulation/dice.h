// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SIMULATION_DICE_H_
#define S2_TESTS_SIMULATION_DICE_H_

#include <cstdint>

#include "absl/time/time.h"

namespace s2::simulation {

// Chance that is the same for the same seed, on every machine. A copy draws what the original would
// have drawn.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(Mix(seed)) {}

  // Dice of their own for each key; nothing that is drawn from one shifts another.
  Dice Fork(uint64_t key) const { return Dice(state_ ^ Mix(key + kStep)); }

  uint64_t Next() { return Mix(state_ += kStep); }

  // In [0, n).
  uint64_t Pick(uint64_t n) { return Next() % n; }
  bool OneIn(uint64_t n) { return Pick(n) == 0; }
  // In [least, most].
  uint64_t Draw(uint64_t least, uint64_t most) { return least + Pick(most - least + 1); }
  // In [0, 1).
  double Fraction() { return static_cast<double>(Next() >> 11) / 9007199254740992.0; }
  // Up to `most`, in microseconds.
  absl::Duration UpTo(absl::Duration most) {
    return absl::Microseconds(Pick(absl::ToInt64Microseconds(most) + 1));
  }

 private:
  static constexpr uint64_t kStep = 0x9e3779b97f4a7c15;  // SplitMix64
  static uint64_t Mix(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  }

  uint64_t state_;
};

}  // namespace s2::simulation

#endif  // S2_TESTS_SIMULATION_DICE_H_
