// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SESSION_EXACTLY_ONCE_FIXTURE_H_
#define S2_TESTS_SESSION_EXACTLY_ONCE_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "s2/tests/session/append_session_fixture.h"

namespace s2::internal {

// Records of these bodies, from a position on, each with its position as timestamp.
inline v1::ReadBatch Records(uint64_t begin, const std::vector<std::string>& bodies) {
  v1::ReadBatch batch;
  for (const std::string& body : bodies) {
    *batch.add_records() = Sequenced(begin, MakeRecord(body), begin);
    ++begin;
  }
  return batch;
}

// Where an acked batch begins.
inline uint64_t Start(const AppendTicket& ticket) { return ticket.Wait()->start().seq_num(); }

// A session with kExactlyOnce, its server driven by hand. Its own streams, its lone appends and its
// reads all come through transport_.
class ExactlyOnceTest : public AppendSessionTest {
 protected:
  static constexpr uint64_t kNowhere = std::numeric_limits<uint64_t>::max();

  ExactlyOnceTest() {
    options_ = ThreeAttempts();
    options_.policy = AppendRetryPolicy::kExactlyOnce;
    transport_->set_reader([this](const rpc::v1::ReadRequest& request, auto events) {
      reads_.push_back(std::make_shared<FakeReadCall>(request, std::move(events)));
      return reads_.back();
    });
  }
  void TearDown() override {
    AppendSessionTest::TearDown();
    reads_.clear();
  }

  // Ids must differ.
  double Draw() override { return static_cast<double>(++draws_ * 7919 % 10007) / 10007; }

  // Makes the session and answers its claim: the stream has so many records. Its first stream is
  // opening.
  void MakeClaimed(uint64_t tail = 0) {
    Make(options_);
    call().Accept();
    EXPECT_EQ(call().Receive().match_seq_num(), kNowhere);
    call().Finish(SeqNumMismatch(tail));
  }
  // The same, and the server accepts the stream.
  void MakeWriting(uint64_t tail = 0) {
    MakeClaimed(tail);
    call().Accept();
  }
  // The same with a fence, at `tail`: batches begin behind it.
  void MakeFenced(uint64_t tail = 0) {
    options_.exactly_once.fence = true;
    Make(options_);
    call().Accept();
    token_ = Body(call().Receive());
    call().Finish(SeqNumMismatch(tail));
    call().Accept();
    EXPECT_EQ(call().Receive().match_seq_num(), tail);
    call().Ack(tail, tail + 1);
    call().Accept();
  }

  // The session gives up: takes its last fence.
  void ReceiveLastFence() {
    call().Accept();
    const v1::AppendInput fence = call().Receive();
    EXPECT_FALSE(fence.has_match_seq_num());
    EXPECT_EQ(fence.fencing_token(), token_) << "it lands only while ours is in force";
    EXPECT_TRUE(IsCommand(fence.records(0)));
    EXPECT_NE(Body(fence), token_);
  }

  // Submits batches and has them written; then the stream breaks, and the next is written to.
  std::vector<AppendTicket> SubmitAndCut(const std::vector<std::string>& bodies) {
    std::vector<AppendTicket> tickets;
    for (const std::string& body : bodies) tickets.push_back(Submit(body));
    EXPECT_EQ(call().ReceiveAll(), bodies.size());
    Reconnect();
    EXPECT_EQ(call().ReceiveAll(), bodies.size());
    return tickets;
  }

  // The newest read.
  FakeReadCall& read() { return *reads_.back(); }
  size_t reads() const { return reads_.size(); }
  // Answers the newest read with these records, and that there are no more.
  void AnswerRead(const v1::ReadBatch& batch) {
    const std::shared_ptr<FakeReadCall> answered = reads_.back();
    answered->Accept();
    answered->Deliver(batch);
    answered->Finish(absl::OkStatus());
    // A read that did not get all that it asked for looks for the tail.
    if (read().request().has_wait()) AnswerLook(read().request().seq_num());
  }
  // Answers a look behind the end of a read.
  void AnswerLook(uint64_t tail) {
    read().Accept();
    v1::ReadBatch heartbeat;
    heartbeat.mutable_tail()->set_seq_num(tail);
    read().Deliver(heartbeat);
  }

  uint64_t draws_ = 0;
  AppendSessionOptions options_;
  std::string token_;  // of a fenced session
  std::vector<std::shared_ptr<FakeReadCall>> reads_;
};

}  // namespace s2::internal

#endif  // S2_TESTS_SESSION_EXACTLY_ONCE_FIXTURE_H_
