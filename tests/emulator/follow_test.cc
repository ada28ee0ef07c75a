// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/emulator/fixture.h"

namespace s2 {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

// With the test's random numbers, a heartbeat comes 10 s after the last frame.
constexpr absl::Duration kHeartbeat = absl::Seconds(10);

class FollowTest : public EmulatorTest {
 protected:
  // Reads the heartbeat that says the session has caught up.
  static void ExpectHeartbeat(ReadCall& call, uint64_t tail) {
    const auto batch = call.Next();
    ASSERT_TRUE(batch.has_value());
    EXPECT_EQ(batch->records_size(), 0);
    EXPECT_TRUE(batch->has_tail());
    EXPECT_EQ(batch->tail().seq_num(), tail);
  }
};

TEST_F(FollowTest, CatchesUpThenSendsAHeartbeatAtOnceThenLiveBatchesWithTheirTail) {
  ASSERT_TRUE(Append({"a", "b"}).ok());
  ReadCall call(*streams_, From(0));
  EXPECT_TRUE(call.Accepted());
  EXPECT_THAT(call.Bodies(), ElementsAre("a", "b"));
  ExpectHeartbeat(call, 2);
  ASSERT_TRUE(Append({"c", "d"}).ok());
  const auto live = call.Next();
  EXPECT_THAT(Bodies(*live), ElementsAre("c", "d"));
  EXPECT_EQ(live->tail().seq_num(), 4u);
  EXPECT_EQ(live->tail().timestamp(), NowMillis());
}

TEST_F(FollowTest, WithoutAStartFollowsFromTheTail) {
  ASSERT_TRUE(Append({"a"}).ok());
  ReadCall call(*streams_, {});
  ExpectHeartbeat(call, 1);
  ASSERT_TRUE(Append({"b"}).ok());
  EXPECT_THAT(call.Bodies(), ElementsAre("b"));
}

TEST_F(FollowTest, EachLiveBatchIsOneAppend) {
  ReadCall call(*streams_, From(0));
  ExpectHeartbeat(call, 0);
  ASSERT_TRUE(Append({"a"}).ok());
  ASSERT_TRUE(Append({"b", "c"}).ok());
  const auto first = call.Next();
  EXPECT_THAT(Bodies(*first), ElementsAre("a"));
  EXPECT_EQ(first->tail().seq_num(), 1u);
  const auto second = call.Next();
  EXPECT_THAT(Bodies(*second), ElementsAre("b", "c"));
  EXPECT_EQ(second->tail().seq_num(), 3u);
}

TEST_F(FollowTest, HeartbeatsComeWhileThereIsNothingElseAndEachFrameRestartsThem) {
  ReadCall call(*streams_, From(0));
  ExpectHeartbeat(call, 0);
  clock_->AdvanceToTimer(kHeartbeat);
  ExpectHeartbeat(call, 0);
  clock_->AwaitTimer(kHeartbeat);
  clock_->Advance(absl::Seconds(9));
  ASSERT_TRUE(Append({"a"}).ok());
  EXPECT_THAT(call.Bodies(), ElementsAre("a"));
  clock_->Advance(absl::Seconds(1));
  clock_->AdvanceToTimer(kHeartbeat - absl::Seconds(1));
  ExpectHeartbeat(call, 1);
}

TEST_F(FollowTest, EndsWellWhenItsWaitIsOverAndEachBatchRestartsIt) {
  rpc::v1::ReadRequest request = From(0);
  request.set_wait(7);
  ReadCall call(*streams_, request);
  ExpectHeartbeat(call, 0);
  clock_->AwaitTimer(absl::Seconds(7));
  clock_->Advance(absl::Seconds(5));
  ASSERT_TRUE(Append({"a"}).ok());
  EXPECT_THAT(call.Bodies(), ElementsAre("a"));
  clock_->Advance(absl::Seconds(2));
  clock_->AdvanceToTimer(absl::Seconds(5));
  EXPECT_EQ(call.Next(), std::nullopt);
  EXPECT_EQ(call.Finish(), absl::OkStatus());
}

TEST_F(FollowTest, AHeartbeatDoesNotRestartTheWait) {
  rpc::v1::ReadRequest request = From(0);
  request.set_wait(15);
  ReadCall call(*streams_, request);
  ExpectHeartbeat(call, 0);
  clock_->AdvanceToTimer(kHeartbeat);
  ExpectHeartbeat(call, 0);
  clock_->AdvanceToTimer(absl::Seconds(5));
  EXPECT_EQ(call.Next(), std::nullopt);
}

TEST_F(FollowTest, AZeroWaitEndsAtTheTailWithoutAFrame) {
  rpc::v1::ReadRequest request = From(0);
  request.set_wait(0);
  ReadCall call(*streams_, request);
  EXPECT_EQ(call.Next(), std::nullopt);
  EXPECT_EQ(call.Finish(), absl::OkStatus());
}

TEST_F(FollowTest, ALimitCutsTheLiveBatchAndEndsTheSessionThoughTheTailIsThatOfTheAppend) {
  rpc::v1::ReadRequest request = From(0);
  request.set_count(3);
  request.set_wait(60);
  ReadCall call(*streams_, request);
  ExpectHeartbeat(call, 0);
  ASSERT_TRUE(Append({"a", "b"}).ok());
  EXPECT_THAT(call.Bodies(), SizeIs(2));
  ASSERT_TRUE(Append({"c", "d"}).ok());
  const auto cut = call.Next();
  EXPECT_THAT(Bodies(*cut), ElementsAre("c"));
  EXPECT_EQ(cut->tail().seq_num(), 4u);
  EXPECT_EQ(call.Next(), std::nullopt);
  EXPECT_EQ(call.Finish(), absl::OkStatus());
}

TEST_F(FollowTest, AnExactCountEndsTheSession) {
  rpc::v1::ReadRequest request = From(0);
  request.set_count(2);
  request.set_wait(60);
  ReadCall call(*streams_, request);
  ExpectHeartbeat(call, 0);
  ASSERT_TRUE(Append({"a", "b"}).ok());
  EXPECT_THAT(call.Bodies(), SizeIs(2));
  EXPECT_EQ(call.Next(), std::nullopt);
}

TEST_F(FollowTest, ABytesLimitBelowTheFirstLiveRecordEndsWithoutABatch) {
  rpc::v1::ReadRequest request = From(0);
  request.set_bytes(9);
  request.set_wait(60);
  ReadCall call(*streams_, request);
  ExpectHeartbeat(call, 0);
  ASSERT_TRUE(Append({"ab"}).ok());
  EXPECT_EQ(call.Next(), std::nullopt);
  EXPECT_EQ(call.Finish(), absl::OkStatus());
}

TEST_F(FollowTest, UntilEndsTheSessionWithinALiveBatch) {
  rpc::v1::ReadRequest request = From(0);
  request.set_until(2000);
  request.set_wait(60);
  ReadCall call(*streams_, request);
  ExpectHeartbeat(call, 0);
  v1::AppendInput input = At(1000);
  *input.add_records() = At(2000).records(0);
  ASSERT_TRUE(Append(input).ok());
  EXPECT_THAT(call.Bodies(), SizeIs(1));
  EXPECT_EQ(call.Next(), std::nullopt);
}

TEST_F(FollowTest, AReaderThatLagsCatchesUpWithoutTailsAndThenFollowsAgain) {
  ReadCall call(*streams_, From(0));
  ExpectHeartbeat(call, 0);
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(Append({"x"}).ok());
  uint64_t next = 0;
  bool caught_up_again = false;
  while (next < 200 || !caught_up_again) {
    const auto batch = call.Next();
    ASSERT_TRUE(batch.has_value());
    for (const auto& record : batch->records()) EXPECT_EQ(record.seq_num(), next++);
    if (batch->records_size() == 0) caught_up_again = batch->tail().seq_num() == 200;
  }
  ASSERT_TRUE(Append({"y"}).ok());
  EXPECT_THAT(call.Bodies(), ElementsAre("y"));
}

TEST_F(FollowTest, ASlowReaderHoldsNoMemory) {
  ReadCall call(*streams_, From(0));
  ExpectHeartbeat(call, 0);
  const std::string body(100 * 1024, 'x');
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(Append({body}).ok());
    ASSERT_TRUE(Append(Input(MakeTrimRecord(2 * i))).ok());
  }
  EXPECT_LT(emulator_->stats().held_bytes, 1024u * 1024);
  uint64_t next = 0;
  while (next < 600) {
    const auto batch = call.Next();
    ASSERT_TRUE(batch.has_value());
    for (const auto& record : batch->records()) {
      EXPECT_GE(record.seq_num(), next);
      next = record.seq_num() + 1;
    }
  }
}

TEST_F(FollowTest, DeletionSendsTheTrimCommandThatEndsTheStreamThenUnavailable) {
  ASSERT_TRUE(Append({"a"}).ok());
  ReadCall call(*streams_, From(1));
  ExpectHeartbeat(call, 1);
  EXPECT_EQ(DeleteStream(), absl::OkStatus());
  const auto last = call.Next();
  ASSERT_TRUE(last.has_value());
  ASSERT_EQ(last->records_size(), 1);
  EXPECT_EQ(last->records(0).seq_num(), 1u);
  EXPECT_EQ(last->records(0).headers(0).value(), "trim");
  EXPECT_EQ(last->records(0).body(), std::string(8, '\xff'));
  EXPECT_EQ(call.Next(), std::nullopt);
  EXPECT_THAT(call.Finish(), HasCode(ErrorCode::kUnavailable));
}

TEST_F(FollowTest, AThousandIdleSessionsAllGetTheNextRecord) {
  std::vector<std::unique_ptr<ReadCall>> calls;
  for (int i = 0; i < 1000; ++i) {
    calls.push_back(std::make_unique<ReadCall>(*streams_, From(0)));
    ExpectHeartbeat(*calls.back(), 0);
  }
  ASSERT_TRUE(Append({"a"}).ok());
  for (const auto& call : calls) EXPECT_THAT(call->Bodies(), ElementsAre("a"));
}

}  // namespace
}  // namespace s2
