// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_BENCH_COMPARE_H_
#define S2_BENCH_COMPARE_H_

#include <functional>
#include <string>
#include <vector>

#include "s2/bench/benchmark.h"

namespace s2::bench {

// One run of one side; its figure, in the unit of the row.
using Side = std::function<double()>;

// One run of one side that has several figures.
using Sides = std::function<std::vector<double>()>;

// Runs both sides, and the other side once more, so many times, each time in another order. The
// figures are medians; the ratios are medians over ratios of neighbours, never of medians.
Figures Compare(int pairs, const std::string& unit, const Side& ours, const Side& other);
// The same for each of several figures of one run.
std::vector<Figures> CompareAll(int pairs, const std::vector<std::string>& units, const Sides& ours,
                                const Sides& other);

double Median(std::vector<double> values);

}  // namespace s2::bench

#endif  // S2_BENCH_COMPARE_H_
