// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <memory>

#include "s2/bench/append_run.h"
#include "s2/bench/benchmarks.h"
#include "s2/bench/count_new.h"
#include "s2/bench/sink.h"

namespace s2::bench {
namespace {

// Calls of operator new in a run, by client, server and gRPC together.
template <typename Run>
double CountIn(const Run& run) {
  const NewCounter counter;
  run();
  return static_cast<double>(counter.calls());
}

// What the append session allocates more than the bare loop, which allocates next to nothing of its
// own: message, ack, gRPC and server cancel out.
Figures CountAllocations(const Effort& effort) {
  const Sink sink(kOneRecord, 0);
  const std::shared_ptr<grpc::Channel> channel = sink.Channel(Wire::kInProcess);
  const size_t batches = kOneRecord.batches(effort.quick);
  RunAppendSession(BenchStream(channel), kOneRecord, 1);
  RunBareAppend(channel, kOneRecord, 1, /*cork=*/false);
  const double ours = CountIn([&] { RunAppendSession(BenchStream(channel), kOneRecord, batches); });
  const double bare = CountIn([&] { RunBareAppend(channel, kOneRecord, batches, false); });
  Figures figures;
  figures.value = (ours - bare) / static_cast<double>(batches);
  figures.unit = "a batch";
  return figures;
}

}  // namespace

Benchmark AllocationBenchmark() { return {"append_allocs", Bar::ValueAtMost(4), CountAllocations}; }

}  // namespace s2::bench
