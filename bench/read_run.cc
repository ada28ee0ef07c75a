// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/bench/read_run.h"

#include <optional>

#include "absl/time/clock.h"
#include "s2/bench/bare_read.h"
#include "s2/bench/check.h"
#include "s2/bench/shape.h"

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

}  // namespace

absl::Duration RunReadSession(const Stream& stream, uint64_t records) {
  rpc::v1::ReadRequest request;
  request.set_seq_num(0);
  request.set_count(records);
  ReadSessionOptions options;
  options.max_buffered_bytes = kWindow;
  RecordObserver observer;

  const absl::Time begin = absl::Now();
  ReadSession session = Check(stream.OpenReadSession(request, options));
  for (const ReadResult& result : session.Batches()) observer.Observe(result.batch);
  Check(session.status());
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

}  // namespace s2::bench
