// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// s2-bench-lite: the client on S2 itself, beside the official one. README.md says what is compared
// with what.

#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "s2/bench/benchmark.h"
#include "s2/bench/compare.h"
#include "s2/bench/gateway_limit.h"
#include "s2/bench/lite_run.h"
#include "s2/bench/sidecar.h"

ABSL_FLAG(std::string, json, "", "file for the figures; default: none");
ABSL_FLAG(std::string, only, "", "regular expression of the benchmarks to run; default: all");
ABSL_FLAG(int, pairs, 5, "interleaved pairs of runs a benchmark");
ABSL_FLAG(bool, quick, false, "little work and no bars: tests the benchmarks themselves");

namespace s2::bench {
namespace {

constexpr double kUnlimited = 100'000;

// The rows of one load, in the order of Sides' figures; the first to be asked for runs all.
enum Row { kAppend, kRead, kAppendCpu, kReadCpu };

Figures Throughput(const std::string& size, Row row, const Effort& effort) {
  static std::map<std::string, std::vector<Figures>> all;
  std::vector<Figures>& figures = all[size];
  if (figures.empty()) {
    LiteLoad load = size == "8KiB" ? LiteLoad{8192, 128, kUnlimited, absl::Seconds(5)}
                                   : LiteLoad{256, 1000, kUnlimited, absl::Seconds(5)};
    if (effort.quick) load.duration = absl::Seconds(1);
    const auto side = [load](LiteFigures (*run)(const LiteLoad&)) {
      return [=] {
        const LiteFigures f = run(load);
        return std::vector<double>{f.append_rate, f.read_rate, f.append_cpu, f.read_cpu};
      };
    };
    figures = CompareAll(effort.pairs, {"MiB/s", "MiB/s", "s/GiB", "s/GiB"}, side(RunOurs),
                         side(RunOfficial));
  }
  return figures[row];
}

Figures AckLatency(const Effort& effort) {
  const LiteLoad load = {8192, 1, 1, absl::Seconds(effort.quick ? 1 : 5)};
  return Compare(
      effort.pairs, "ms", [&] { return RunOurs(load).ack_p50; },
      [&] { return RunOfficial(load).ack_p50; });
}

std::vector<Benchmark> LiteBenchmarks() {
  const auto row = [](const std::string& name, const std::string& size, Row row, Bar bar) {
    return Benchmark{"lite_" + name + "_" + size, bar,
                     [=](const Effort& effort) { return Throughput(size, row, effort); }};
  };
  std::vector<Benchmark> benchmarks = {
      row("append", "8KiB", kAppend, Bar::RatioAtLeast(1)),
      row("read", "8KiB", kRead, Bar::RatioAtLeast(1.2)),
      row("append_cpu", "8KiB", kAppendCpu, Bar::RatioAtMost(0.4)),
      row("read_cpu", "8KiB", kReadCpu, Bar::RatioAtMost(0.6)),
      row("append", "256B", kAppend, Bar::RatioAtLeast(1)),
      row("read", "256B", kRead, Bar::RatioAtLeast(1.2)),
      row("append_cpu", "256B", kAppendCpu, Bar::RatioAtMost(0.4)),
      row("read_cpu", "256B", kReadCpu, Bar::RatioAtMost(0.5)),
      {"lite_ack_p50", Bar::RatioAtMost(1), AckLatency},
      {"gateway_limit_append", Bar::ValueAtLeast(500), GatewayLimitAppend},
      {"gateway_limit_read", Bar::ValueAtLeast(500), GatewayLimitRead},
  };
  for (Benchmark& benchmark : SidecarBenchmarks()) benchmarks.push_back(std::move(benchmark));
  return benchmarks;
}

}  // namespace
}  // namespace s2::bench

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("measures the client on s2 lite; fails when a bar is missed");
  absl::ParseCommandLine(argc, argv);
  setenv("GRPC_VERBOSITY", "NONE", 0);
  setenv("NO_COLOR", "1", 1);  // in what `s2 bench` says
  const s2::bench::Effort effort = {absl::GetFlag(FLAGS_pairs), absl::GetFlag(FLAGS_quick)};
  return s2::bench::RunBenchmarks(s2::bench::LiteBenchmarks(), effort, absl::GetFlag(FLAGS_only),
                                  absl::GetFlag(FLAGS_json))
             ? 0
             : 1;
}
