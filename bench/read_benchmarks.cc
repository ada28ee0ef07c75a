// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "s2/bench/bare_read.h"
#include "s2/bench/benchmarks.h"
#include "s2/bench/check.h"
#include "s2/bench/compare.h"
#include "s2/bench/sink.h"
#include "s2/client/make_client.h"

// One thread takes every batch of a stream, to its end.
namespace s2::bench {
namespace {

// Counts records by their sequence numbers.
class RecordObserver {
 public:
  void Observe(const v1::ReadBatch& batch) {
    if (batch.records(0).seq_num() != next_) Die("a batch is out of order");
    next_ += batch.records_size();
  }

  uint64_t records() const { return next_; }

 private:
  uint64_t next_ = 0;
};

absl::Duration RunReadSession(const std::shared_ptr<grpc::Channel>& channel, uint64_t records) {
  const Stream stream = Check(MakeClient(channel)).Basin("bench-basin").Stream("bench");
  rpc::v1::ReadRequest request;
  request.set_seq_num(0);
  ReadSessionOptions options;
  options.max_buffered_bytes = kWindow;
  RecordObserver observer;

  const absl::Time begin = absl::Now();
  ReadSession session = Check(stream.OpenReadSession(request, options));
  while (true) {
    const absl::StatusOr<std::optional<ReadResult>> result = session.Next();
    Check(result.status());
    if (!result->has_value()) break;
    observer.Observe((*result)->batch);
  }
  const absl::Duration elapsed = absl::Now() - begin;

  if (observer.records() != records) Die("records are missing");
  return elapsed;
}

absl::Duration RunBareRead(const std::shared_ptr<grpc::Channel>& channel, uint64_t records) {
  const auto stub = rpc::v1::StreamService::NewStub(channel);
  RecordObserver observer;

  const absl::Time begin = absl::Now();
  BareRead read(*stub, kWindow);
  while (const std::optional<v1::ReadBatch> batch = read.Next()) observer.Observe(*batch);
  const absl::Duration elapsed = absl::Now() - begin;

  if (!read.Finish().ok() || observer.records() != records) Die("records are missing");
  return elapsed;
}

Figures Run(const Effort& effort, Wire wire, const Shape& shape) {
  const size_t batches = shape.batches(effort.quick);
  const uint64_t records = batches * shape.records;
  const Sink sink(shape, batches);
  const std::shared_ptr<grpc::Channel> channel = sink.Channel(wire);
  return Compare(
      effort.pairs, shape.unit(),
      [&] { return shape.rate(batches, RunReadSession(channel, records)); },
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
