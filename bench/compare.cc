// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/bench/compare.h"

#include <algorithm>
#include <array>

namespace s2::bench {

Figures Compare(int pairs, const std::string& unit, const Side& ours, const Side& other) {
  const auto lone = [](const Side& side) { return [&] { return std::vector<double>{side()}; }; };
  return CompareAll(pairs, {unit}, lone(ours), lone(other)).front();
}

std::vector<Figures> CompareAll(int pairs, const std::vector<std::string>& units, const Sides& ours,
                                const Sides& other) {
  const std::array<const Sides*, 3> sides = {&other, &ours, &other};
  std::array<std::vector<std::vector<double>>, 3> runs;
  other();  // connects, and warms up
  ours();
  for (int round = 0; round < pairs; ++round) {
    for (int turn = 0; turn < 3; ++turn) {
      const int side = (round + turn) % 3;
      runs[side].push_back((*sides[side])());
    }
  }
  std::vector<Figures> all;
  for (size_t i = 0; i < units.size(); ++i) {
    std::vector<double> values, baselines, ratios, aas;
    for (int round = 0; round < pairs; ++round) {
      const double baseline = runs[0][round][i];
      baselines.push_back(baseline);
      values.push_back(runs[1][round][i]);
      ratios.push_back(runs[1][round][i] / baseline);
      aas.push_back(runs[2][round][i] / baseline);
    }
    all.push_back({Median(values), units[i], Median(baselines), Median(ratios), Median(aas)});
  }
  return all;
}

double Median(std::vector<double> values) {
  const size_t middle = values.size() / 2;
  std::sort(values.begin(), values.end());
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace s2::bench
