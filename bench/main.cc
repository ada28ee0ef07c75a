// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// s2-bench: what the sessions cost. README.md says what is compared with what.

#include <cstdlib>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "s2/bench/benchmarks.h"

ABSL_FLAG(std::string, json, "", "file for the figures; default: none");
ABSL_FLAG(std::string, only, "", "regular expression of the benchmarks to run; default: all");
ABSL_FLAG(int, pairs, 15, "interleaved pairs of runs a benchmark");
ABSL_FLAG(bool, quick, false, "little work and no bars: tests the benchmarks themselves");

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("measures append and read sessions; fails when a bar is missed");
  absl::ParseCommandLine(argc, argv);
  setenv("GRPC_VERBOSITY", "NONE", 0);

  using namespace s2::bench;
  std::vector<Benchmark> benchmarks = AppendBenchmarks();
  for (Benchmark& benchmark : ReadBenchmarks()) benchmarks.push_back(benchmark);
  benchmarks.push_back(AllocationBenchmark());
  for (Benchmark& benchmark : IdleBenchmarks()) benchmarks.push_back(benchmark);
  benchmarks.push_back(RecoveryBenchmark());
  const Effort effort = {absl::GetFlag(FLAGS_pairs), absl::GetFlag(FLAGS_quick)};
  return RunBenchmarks(benchmarks, effort, absl::GetFlag(FLAGS_only), absl::GetFlag(FLAGS_json))
             ? 0
             : 1;
}
