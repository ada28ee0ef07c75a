// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/lite/load.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"

namespace s2::lite {
namespace {

constexpr int kMaxRecords = 3;  // in a batch
constexpr size_t kPadding = 200;
// When to give up on what must come.
constexpr absl::Duration kPatience = absl::Minutes(2);

ReadSessionOptions Patient() {
  ReadSessionOptions options;
  options.retry.budget = RetryBudget::Elapsed(kPatience);
  return options;
}

rpc::v1::ReadRequest FromTheBeginning() {
  rpc::v1::ReadRequest request;
  request.set_seq_num(0);
  return request;
}

ReadSession MustOpen(const s2::Stream& stream, const rpc::v1::ReadRequest& request,
                     const ReadSessionOptions& options) {
  absl::StatusOr<ReadSession> session = stream.OpenReadSession(request, options);
  EXPECT_TRUE(session.ok()) << session.status();
  return *std::move(session);
}

}  // namespace

Writer::Writer(const s2::Stream& stream, std::string name, const AppendSessionOptions& options)
    : stream_(stream), name_(std::move(name)), options_(options), thread_([this] { Run(); }) {}

Writer::~Writer() { Finish(); }

int Writer::acks() const {
  absl::MutexLock lock(&acks_->mu);
  return acks_->count;
}

void Writer::AwaitAcks(int n) const {
  const auto there = [&]() ABSL_SHARED_LOCKS_REQUIRED(acks_->mu) { return acks_->count >= n; };
  absl::MutexLock lock(&acks_->mu);
  EXPECT_TRUE(acks_->mu.AwaitWithTimeout(absl::Condition(&there), kPatience)) << name_;
}

void Writer::Stop() {
  absl::MutexLock lock(&mu_);
  stop_ = true;
}

std::vector<Outcome> Writer::Finish() {
  Stop();
  if (thread_.joinable()) thread_.join();
  std::vector<Outcome> outcomes;
  for (Submitted& submitted : submitted_) {
    // Its session is closed.
    EXPECT_TRUE(submitted.ticket.done()) << submitted.bodies[0];
    outcomes.push_back({std::move(submitted.bodies), submitted.ticket.Wait()});
  }
  submitted_.clear();
  return outcomes;
}

void Writer::Run() {
  while (!stopped()) {
    absl::StatusOr<AppendSession> session = stream_.OpenAppendSession(options_);
    ASSERT_TRUE(session.ok()) << session.status();
    Append(*session);
    const absl::Status closed = session->Close(absl::Now() + kPatience);
    if (!closed.ok()) failures_.push_back(closed);
    moves_ += session->Stats().attempts - 1;
  }
}

void Writer::Append(AppendSession& session) {
  while (!stopped()) {
    std::vector<std::string> bodies = NextBodies();
    v1::AppendInput input;
    for (const std::string& body : bodies) *input.add_records() = MakeRecord(body);
    absl::StatusOr<AppendTicket> ticket = session.Submit(std::move(input));
    if (!ticket.ok()) return;
    ticket->OnDone([acks = acks_](const absl::StatusOr<v1::AppendAck>& ack) {
      absl::MutexLock lock(&acks->mu);
      acks->count += ack.ok() ? 1 : 0;
    });
    submitted_.push_back({std::move(bodies), *std::move(ticket)});
  }
}

bool Writer::stopped() {
  absl::MutexLock lock(&mu_);
  return stop_;
}

std::vector<std::string> Writer::NextBodies() {
  std::vector<std::string> bodies;
  for (int i = 0; i <= next_ % kMaxRecords; ++i) {
    bodies.push_back(absl::StrCat(name_, ":", next_, ":", i, std::string(kPadding, '.')));
  }
  ++next_;
  return bodies;
}

Follower::Follower(const s2::Stream& stream) : Follower(stream, Patient()) {}

Follower::Follower(const s2::Stream& stream, const ReadSessionOptions& options)
    : session_(MustOpen(stream, FromTheBeginning(), options)), thread_([this] { Run(); }) {}

Follower::~Follower() {
  session_.Cancel();
  thread_.join();
}

void Follower::Run() {
  for (const ReadResult& result : session_.Batches()) {
    absl::MutexLock lock(&mu_);
    for (const v1::SequencedRecord& record : result.batch.records()) {
      EXPECT_EQ(record.seq_num(), bodies_.size());
      bodies_.push_back(record.body());
    }
  }
  absl::MutexLock lock(&mu_);
  ended_ = true;
}

std::vector<std::string> Follower::Take(size_t n) {
  const auto done = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return ended_ || bodies_.size() >= n;
  };
  absl::MutexLock lock(&mu_);
  EXPECT_TRUE(mu_.AwaitWithTimeout(absl::Condition(&done), kPatience)) << bodies_.size();
  EXPECT_FALSE(ended_) << session_.status();
  bodies_.resize(std::min(n, bodies_.size()));
  return bodies_;
}

std::vector<std::string> ReadAll(const s2::Stream& stream) {
  const absl::StatusOr<v1::StreamPosition> tail = stream.CheckTail();
  EXPECT_TRUE(tail.ok()) << tail.status();
  std::vector<std::string> bodies;
  if (!tail.ok() || tail->seq_num() == 0) return bodies;
  rpc::v1::ReadRequest request = FromTheBeginning();
  request.set_count(tail->seq_num());
  ReadSession session = MustOpen(stream, request, Patient());
  for (const ReadResult& result : session.Batches()) {
    for (const v1::SequencedRecord& record : result.batch.records()) {
      EXPECT_EQ(record.seq_num(), bodies.size());
      bodies.push_back(record.body());
    }
  }
  EXPECT_EQ(session.status(), absl::OkStatus());
  return bodies;
}

void Verify(const std::vector<std::string>& stream, const std::vector<Outcome>& outcomes,
            bool may_repeat) {
  std::unordered_map<std::string, int> copies;
  for (const std::string& body : stream) ++copies[body];
  uint64_t end = 0;
  for (const Outcome& outcome : outcomes) {
    for (const std::string& body : outcome.bodies) {
      const int n = copies[body];
      EXPECT_TRUE(may_repeat || n <= 1) << body;
      if (!outcome.result.ok() && HasNoSideEffects(outcome.result.status())) {
        EXPECT_EQ(n, 0) << body << ": " << outcome.result.status();
      }
    }
    if (!outcome.result.ok()) continue;
    const uint64_t start = outcome.result->start().seq_num();
    EXPECT_GE(start, end) << outcome.bodies[0];
    end = outcome.result->end().seq_num();
    ASSERT_EQ(end, start + outcome.bodies.size());
    ASSERT_LE(end, stream.size());
    for (size_t i = 0; i < outcome.bodies.size(); ++i) {
      EXPECT_EQ(stream[start + i], outcome.bodies[i]);
    }
  }
}

}  // namespace s2::lite
