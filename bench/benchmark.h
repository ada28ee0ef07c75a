// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_BENCH_BENCHMARK_H_
#define S2_BENCH_BENCHMARK_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace s2::bench {

// How to run.
struct Effort {
  int pairs = 15;
  // A small part of the work: the figures mean nothing.
  bool quick = false;
};

// The figures of one benchmark.
struct Figures {
  double value = 0;
  std::string unit;
  // The other side's value; value / baseline; the same ratio of the other side to itself.
  std::optional<double> baseline;
  std::optional<double> ratio;
  std::optional<double> aa;
};

// What must be reached.
struct Bar {
  enum class Of { kValue, kRatio };
  enum class Sense { kAtLeast, kAtMost };

  Of of;
  Sense sense;
  double limit;

  static Bar RatioAtLeast(double limit) { return {Of::kRatio, Sense::kAtLeast, limit}; }
  static Bar RatioAtMost(double limit) { return {Of::kRatio, Sense::kAtMost, limit}; }
  static Bar ValueAtLeast(double limit) { return {Of::kValue, Sense::kAtLeast, limit}; }
  static Bar ValueAtMost(double limit) { return {Of::kValue, Sense::kAtMost, limit}; }

  bool IsMetBy(const Figures& figures) const;
};

// A row of the table.
struct Benchmark {
  std::string name;
  Bar bar;
  std::function<Figures(const Effort&)> run;
};

// Runs the benchmarks whose names match the regular expression `only` (empty: all) and prints a
// line for each as it ends, with its bar; writes the figures to the file `json` unless that is
// empty. Did all meet their bars? A quick run is not held to them.
bool RunBenchmarks(const std::vector<Benchmark>& benchmarks, const Effort& effort,
                   const std::string& only, const std::string& json);

}  // namespace s2::bench

#endif  // S2_BENCH_BENCHMARK_H_
