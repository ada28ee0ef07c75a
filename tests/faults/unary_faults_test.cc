// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/faults/fixture.h"

// Unary calls end to end under faults.
namespace s2 {
namespace {

using ::testing::ElementsAre;

using UnaryFaultsTest = FaultyTest;
using Policy = AppendRetryPolicy;

TEST_F(UnaryFaultsTest, AnAppendIsSentAgainAndMayBeThereTwice) {
  faults().Add(FaultMatch::Message("Append"), FaultAction::CutAfter());
  const auto ack = stream_.Append(Input("a"));
  ASSERT_TRUE(ack.ok()) << ack.status();
  EXPECT_EQ(ack->start().seq_num(), 1u);
  EXPECT_THAT(Stored(), ElementsAre("a", "a"));
}

TEST_F(UnaryFaultsTest, AnAppendWithoutAnswerIsSentAgain) {
  faults().Add(FaultMatch::Message("Append"), FaultAction::Withhold());
  EXPECT_TRUE(stream_.Append(Input("a")).ok());
  EXPECT_THAT(Stored(), ElementsAre("a", "a"));
}

TEST_F(UnaryFaultsTest, AtMostOnceGivesUpAndSaysThatItMayBeThere) {
  const s2::Stream stream = MakeStream(Policy::kAtMostOnce);
  faults().Add(FaultMatch::Message("Append"), FaultAction::CutAfter());
  const absl::Status after = stream.Append(Input("a")).status();
  EXPECT_FALSE(after.ok());
  EXPECT_FALSE(HasNoSideEffects(after));
  faults().Add(FaultMatch::Message("Append"), FaultAction::CutBefore());
  const absl::Status before = stream.Append(Input("b")).status();
  EXPECT_FALSE(before.ok());
  EXPECT_FALSE(HasNoSideEffects(before)) << "who can know";
  EXPECT_THAT(Stored(), ElementsAre("a"));
}

TEST_F(UnaryFaultsTest, AtMostOnceSendsAgainWhatCertainlyHadNoEffect) {
  const s2::Stream stream = MakeStream(Policy::kAtMostOnce);
  faults().Add(FaultMatch::Message("Append"),
               FaultAction::FailBefore(Broken(ErrorCode::kRateLimited)), 3);
  EXPECT_TRUE(stream.Append(Input("a")).ok());
  EXPECT_THAT(Stored(), ElementsAre("a"));
}

TEST_F(UnaryFaultsTest, ATerminalErrorAfterADoubtfulOneLeavesTheDoubt) {
  faults().Add(FaultMatch::Message("Append"), FaultAction::CutAfter());
  faults().Add(FaultMatch::Message("Append"),
               FaultAction::FailBefore(Broken(ErrorCode::kPermissionDenied)));
  const absl::Status status = stream_.Append(Input("a")).status();
  EXPECT_THAT(status, HasCode(ErrorCode::kPermissionDenied));
  EXPECT_FALSE(HasNoSideEffects(status));
  EXPECT_THAT(Stored(), ElementsAre("a"));
}

TEST_F(UnaryFaultsTest, ADeadAppendThatLandsLateIsThereTwice) {
  faults().Add(FaultMatch::Message("Append"), FaultAction::LateAfter());
  const auto ack = stream_.Append(Input("a"));
  ASSERT_TRUE(ack.ok()) << ack.status();
  EXPECT_EQ(ack->start().seq_num(), 0u);
  EXPECT_THAT(Stored(), ElementsAre("a", "a"));
}

TEST_F(UnaryFaultsTest, AFailedConditionOfAResendLeavesTheDoubt) {
  faults().Add(FaultMatch::Message("Append"), FaultAction::CutAfter());
  v1::AppendInput input = Input("a");
  input.set_match_seq_num(0);
  const absl::Status status = stream_.Append(input).status();
  EXPECT_THAT(status, HasCode(ErrorCode::kSeqNumMismatch));
  EXPECT_FALSE(HasNoSideEffects(status)) << "the first attempt is there";
  EXPECT_THAT(Stored(), ElementsAre("a"));
}

TEST_F(UnaryFaultsTest, ACreationThatLostItsAnswerIsNoError) {
  const Client client = NewClient();
  faults().Add(FaultMatch::Message("CreateBasin"), FaultAction::CutAfter());
  EXPECT_EQ(client.CreateBasin("basin-two").status(), absl::OkStatus());
  faults().Add(FaultMatch::Message("CreateStream"), FaultAction::CutAfter());
  EXPECT_EQ(client.Basin("basin-two").CreateStream("a").status(), absl::OkStatus());
  EXPECT_THAT(client.Basin("basin-two").CreateStream("a").status(),
              HasCode(ErrorCode::kResourceAlreadyExists));
}

TEST_F(UnaryFaultsTest, ADeletionThatLostItsAnswerIsNoError) {
  const Client client = NewClient();
  faults().Add(FaultMatch::Message("DeleteStream"), FaultAction::CutAfter());
  EXPECT_EQ(client.Basin(kBasin).DeleteStream("stream"), absl::OkStatus());
  faults().Add(FaultMatch::Message("DeleteBasin"), FaultAction::CutAfter());
  EXPECT_EQ(client.DeleteBasin(kBasin), absl::OkStatus());
}

TEST_F(UnaryFaultsTest, AReadAndATailCheckAreSentAgain) {
  ASSERT_TRUE(stream_.Append(Input("a")).ok());
  faults().Add(FaultMatch::Message("Read"), FaultAction::CutBefore());
  faults().Add(FaultMatch::Open("Read"), FaultAction::Silence());
  const auto batch = stream_.Read(From(0));
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_EQ(batch->records_size(), 1);
  faults().Add(FaultMatch::Message("CheckTail"), FaultAction::CutAfter());
  EXPECT_EQ(stream_.CheckTail()->seq_num(), 1u);
}

TEST_F(UnaryFaultsTest, AServerThatDrainsSendsTheCallElsewhere) {
  faults().Add(FaultMatch::Message("Append"), FaultAction::Reconnect(), 3);
  EXPECT_TRUE(stream_.Append(Input("a")).ok());
  EXPECT_THAT(Stored(), ElementsAre("a"));
}

}  // namespace
}  // namespace s2
