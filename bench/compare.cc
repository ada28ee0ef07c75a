// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/bench/compare.h"

#include <algorithm>
#include <array>

namespace s2::bench {

Figures Compare(int pairs, const std::string& unit, const Side& ours, const Side& other) {
  const std::array<const Side*, 3> sides = {&other, &ours, &other};
  std::array<double, 3> figures;
  other();  // connects, and warms up
  ours();
  std::vector<double> values, baselines, ratios, aas;
  for (int round = 0; round < pairs; ++round) {
    for (int turn = 0; turn < 3; ++turn) {
      const int side = (round + turn) % 3;
      figures[side] = (*sides[side])();
    }
    baselines.push_back(figures[0]);
    values.push_back(figures[1]);
    ratios.push_back(figures[1] / figures[0]);
    aas.push_back(figures[2] / figures[0]);
  }
  return {Median(values), unit, Median(baselines), Median(ratios), Median(aas)};
}

double Median(std::vector<double> values) {
  const size_t middle = values.size() / 2;
  std::sort(values.begin(), values.end());
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace s2::bench
