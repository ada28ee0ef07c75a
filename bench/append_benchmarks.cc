// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "s2/bench/append_run.h"
#include "s2/bench/benchmarks.h"
#include "s2/bench/compare.h"
#include "s2/bench/sink.h"

namespace s2::bench {
namespace {

Figures Run(const Effort& effort, Wire wire, const Shape& shape, bool cork) {
  const Sink sink(shape, 0);
  const std::shared_ptr<grpc::Channel> channel = sink.Channel(wire);
  const size_t batches = shape.batches(effort.quick);
  return Compare(
      effort.pairs, shape.unit(),
      [&] { return shape.rate(batches, RunAppendSession(BenchStream(channel), shape, batches)); },
      [&] { return shape.rate(batches, RunBareAppend(channel, shape, batches, cork)); });
}

Figures RunExactlyOnce(const Effort& effort) {
  const Sink sink(kOneRecord, 0);
  const std::shared_ptr<grpc::Channel> channel = sink.Channel(Wire::kTcp);
  const size_t batches = kOneRecord.batches(effort.quick);
  const auto run = [&](AppendRetryPolicy policy) {
    return kOneRecord.rate(batches,
                           RunAppendSession(BenchStream(channel), kOneRecord, batches, policy));
  };
  return Compare(
      effort.pairs, kOneRecord.unit(), [&] { return run(AppendRetryPolicy::kExactlyOnce); },
      [&] { return run(AppendRetryPolicy::kAtLeastOnce); });
}

}  // namespace

std::vector<Benchmark> AppendBenchmarks() {
  std::vector<Benchmark> benchmarks;
  const auto add = [&](Wire wire, const Shape& shape, double limit, bool cork = false) {
    benchmarks.push_back(
        {absl::StrCat("append_", Name(wire), "_", shape.name, cork ? "_corked" : ""),
         Bar::RatioAtLeast(limit),
         [=](const Effort& effort) { return Run(effort, wire, shape, cork); }});
  };
  for (const Wire wire : {Wire::kTcp, Wire::kInProcess}) {
    add(wire, kBigRecords, 0.95);
    add(wire, kSmallRecords, 0.95);
  }
  add(Wire::kTcp, kOneRecord, 1.2);
  add(Wire::kInProcess, kOneRecord, 0.90);
  add(Wire::kTcp, kOneRecord, 0.90, /*cork=*/true);
  benchmarks.push_back({"exactly_once", Bar::RatioAtLeast(0.95), RunExactlyOnce});
  return benchmarks;
}

}  // namespace s2::bench
