// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <stdio.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "s2/bench/benchmarks.h"
#include "s2/bench/check.h"
#include "s2/bench/compare.h"
#include "s2/bench/sink.h"

namespace s2::bench {
namespace {

struct Cost {
  double threads = 0;
  double kib = 0;
};

// What so many streams cost a process.
Cost CostOf(const std::string& side, size_t streams, const Sink& sink) {
  const auto program =
      std::filesystem::read_symlink("/proc/self/exe").replace_filename("s2-bench-idle");
  const std::string command =
      absl::StrCat(program.string(), " ", side, " ", streams, " ", sink.address());
  FILE* output = popen(command.c_str(), "r");
  Cost cost;
  if (output == nullptr || fscanf(output, "%lf %lf", &cost.threads, &cost.kib) != 2 ||
      pclose(output) != 0) {
    Die(absl::StrCat(command, " failed"));
  }
  return cost;
}

size_t Streams(const Effort& effort) { return effort.quick ? 10 : 1000; }

Figures RunThreads(const Effort& effort) {
  const Sink sink(kOneRecord, 0);
  std::vector<double> extra;
  std::vector<double> baseline;
  for (int i = 0; i < effort.pairs; ++i) {
    baseline.push_back(CostOf("bare", 1, sink).threads);
    extra.push_back(CostOf("session", Streams(effort), sink).threads - baseline.back());
  }
  Figures figures;
  figures.value = Median(extra);
  figures.unit = "threads";
  figures.baseline = Median(baseline);
  return figures;
}

Figures RunMemory(const Effort& effort) {
  const Sink sink(kOneRecord, 0);
  return Compare(
      effort.pairs, "KiB", [&] { return CostOf("session", Streams(effort), sink).kib; },
      [&] { return CostOf("bare", Streams(effort), sink).kib; });
}

}  // namespace

std::vector<Benchmark> IdleBenchmarks() {
  return {{"idle_reads_threads", Bar::ValueAtMost(2), RunThreads},
          {"idle_reads_kib", Bar::RatioAtMost(1.3), RunMemory}};
}

}  // namespace s2::bench
