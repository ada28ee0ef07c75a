// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/bench/append_run.h"

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "s2/bench/bare_append.h"
#include "s2/bench/check.h"
#include "s2/record/record.h"

namespace s2::bench {
namespace {

std::vector<v1::AppendInput> MakeInputs(const Shape& shape, size_t batches) {
  std::vector<v1::AppendInput> inputs(batches);
  for (v1::AppendInput& input : inputs) {
    for (size_t i = 0; i < shape.records; ++i) {
      input.add_records()->set_body(std::string(shape.body_bytes, 'x'));
    }
  }
  return inputs;
}

// Counts the acks of batches of this shape.
class AckObserver {
 public:
  explicit AckObserver(const Shape& shape) : records_(shape.records) {}

  void Observe(const absl::StatusOr<v1::AppendAck>& ack) {
    Check(ack.status());
    Observe(*ack);
  }

  void Observe(const v1::AppendAck& ack) {
    seq_num_ += records_;
    if (ack.end().seq_num() != seq_num_) Die("an ack is out of order");
    ++acks_;
  }

  size_t acks() const { return acks_; }

 private:
  const size_t records_;
  size_t acks_ = 0;
  uint64_t seq_num_ = 0;
};

}  // namespace

absl::Duration RunAppendSession(const Stream& stream, const Shape& shape, size_t batches,
                                AppendRetryPolicy policy) {
  std::vector<v1::AppendInput> inputs = MakeInputs(shape, batches);
  AppendSessionOptions options;
  options.max_unacked_bytes = kWindow;
  options.policy = policy;
  AckObserver observer(shape);
  std::deque<AppendTicket> tickets;

  const absl::Time begin = absl::Now();
  AppendSession session = Check(stream.OpenAppendSession(options));
  for (v1::AppendInput& input : inputs) {
    tickets.push_back(Check(session.Submit(std::move(input))));
    for (; !tickets.empty() && tickets.front().done(); tickets.pop_front()) {
      observer.Observe(tickets.front().Wait());
    }
  }
  for (; !tickets.empty(); tickets.pop_front()) observer.Observe(tickets.front().Wait());
  const absl::Duration elapsed = absl::Now() - begin;

  Check(session.Close());
  return elapsed;
}

absl::Duration RunBareAppend(const std::shared_ptr<grpc::Channel>& channel, const Shape& shape,
                             size_t batches, bool cork) {
  std::vector<v1::AppendInput> inputs = MakeInputs(shape, batches);
  const auto stub = rpc::v1::StreamService::NewStub(channel);
  AckObserver observer(shape);

  const absl::Time begin = absl::Now();
  BareAppend append(*stub, kWindow, cork);
  for (v1::AppendInput& input : inputs) {
    append.Append(std::move(input));
    for (const v1::AppendAck& ack : append.TakeAcks()) observer.Observe(ack);
  }
  while (observer.acks() < batches) {
    const std::vector<v1::AppendAck> acks = append.WaitAcks();
    if (acks.empty()) Die("the stream ended early");
    for (const v1::AppendAck& ack : acks) observer.Observe(ack);
  }
  const absl::Duration elapsed = absl::Now() - begin;

  if (!append.Finish().ok()) Die("the stream ended badly");
  return elapsed;
}

}  // namespace s2::bench
