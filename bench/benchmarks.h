// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_BENCH_BENCHMARKS_H_
#define S2_BENCH_BENCHMARKS_H_

#include <vector>

#include "s2/bench/benchmark.h"

// The rows of the table; README.md says what they compare.
namespace s2::bench {

std::vector<Benchmark> AppendBenchmarks();
std::vector<Benchmark> ReadBenchmarks();
Benchmark AllocationBenchmark();
std::vector<Benchmark> IdleBenchmarks();
Benchmark RecoveryBenchmark();

}  // namespace s2::bench

#endif  // S2_BENCH_BENCHMARKS_H_
