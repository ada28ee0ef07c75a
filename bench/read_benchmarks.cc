// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "s2/bench/benchmarks.h"
#include "s2/bench/compare.h"
#include "s2/bench/read_run.h"
#include "s2/bench/sink.h"

namespace s2::bench {
namespace {

Figures Run(const Effort& effort, Wire wire, const Shape& shape) {
  const size_t batches = shape.batches(effort.quick);
  const uint64_t records = batches * shape.records;
  const Sink sink(shape, batches);
  const std::shared_ptr<grpc::Channel> channel = sink.Channel(wire);
  return Compare(
      effort.pairs, shape.unit(),
      [&] { return shape.rate(batches, RunReadSession(BenchStream(channel), records)); },
      [&] { return shape.rate(batches, RunBareRead(channel, records)); });
}

}  // namespace

std::vector<Benchmark> ReadBenchmarks() {
  std::vector<Benchmark> benchmarks;
  for (const Wire wire : {Wire::kTcp, Wire::kInProcess}) {
    for (const Shape& shape : {kBigRecords, kSmallRecords, kOneRecord}) {
      benchmarks.push_back({absl::StrCat("read_", Name(wire), "_", shape.name),
                            Bar::RatioAtLeast(0.95),
                            [=](const Effort& effort) { return Run(effort, wire, shape); }});
    }
  }
  return benchmarks;
}

}  // namespace s2::bench
