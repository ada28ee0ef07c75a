// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>

#include "s2/tests/session/exactly_once_fixture.h"

namespace s2::internal {
namespace {

using ::testing::HasSubstr;

// What a kExactlyOnce session has from its own fence. It fences at 0; batches begin at 1.
class ExactlyOnceFenceTest : public ExactlyOnceTest {
 protected:
  // Two batches, of which the second may have been accepted, and an error that ends the session.
  std::vector<AppendTicket> FailForGood() {
    options_.retry.budget = RetryBudget::Attempts(1);
    MakeFenced();
    std::vector<AppendTicket> tickets = {Submit("a"), Submit("b")};
    EXPECT_EQ(call().ReceiveAll(), 2);
    call().Finish(Broken());
    return tickets;
  }
};

TEST_F(ExactlyOnceFenceTest, TrimmedEvidenceCountsAsOurs) {
  MakeFenced();
  const auto tickets = SubmitAndCut({"a", "b"});
  call().Finish(SeqNumMismatch(3));
  AnswerRead(Records(2, {"b"}));
  ASSERT_TRUE(Acked(tickets[0]));
  EXPECT_EQ(Start(tickets[0]), 1);
  EXPECT_EQ(tickets[0].Wait()->end().timestamp(), 0) << "unknown";
  ASSERT_TRUE(Acked(tickets[1]));
  EXPECT_EQ(tickets[1].Wait()->end().timestamp(), 2);
}

TEST_F(ExactlyOnceFenceTest, SoDoesWhatMayNotBeRead) {
  MakeFenced();
  const auto tickets = SubmitAndCut({"a", "b"});
  call().Finish(SeqNumMismatch(2));
  read().Finish(MakeError(ErrorCode::kPermissionDenied, "no reading"));
  EXPECT_TRUE(Acked(tickets[0]));
  EXPECT_FALSE(tickets[1].done());
  call().Accept();
  EXPECT_EQ(call().Receive().match_seq_num(), 2);
  call().Ack(2, 3);
  EXPECT_TRUE(Acked(tickets[1]));
}

TEST_F(ExactlyOnceFenceTest, AWriterWithoutATokenIsSeenWhereItCanBeRead) {
  MakeFenced();
  const auto tickets = SubmitAndCut({"a"});
  call().Finish(SeqNumMismatch(2));
  AnswerRead(Records(1, {"x"}));
  EXPECT_EQ(Code(tickets[0]), ErrorCode::kSeqNumMismatch);
  EXPECT_FALSE(MayHaveEffect(tickets[0]));
}

TEST_F(ExactlyOnceFenceTest, AnothersFenceIsProofOfWhatIsNotThere) {
  MakeFenced();
  const auto tickets = SubmitAndCut({"a", "b"});
  call().Finish(TokenMismatch("another's"));
  v1::ReadBatch batch = Records(1, {"a"});
  *batch.add_records() = Sequenced(2, MakeFenceRecord("another's"));
  AnswerRead(batch);
  EXPECT_TRUE(Acked(tickets[0]));
  EXPECT_EQ(Code(tickets[1]), ErrorCode::kFencingTokenMismatch);
  EXPECT_FALSE(MayHaveEffect(tickets[1]));
  EXPECT_TRUE(call().finished()) << "there is nothing to fence off";
}

TEST_F(ExactlyOnceFenceTest, AnothersFenceBehindTrimmedEvidenceLeavesItUnknown) {
  MakeFenced();
  const auto tickets = SubmitAndCut({"a"});
  call().Finish(TokenMismatch("another's"));
  AnswerRead(Records(9, {"x"}));
  EXPECT_TRUE(MayHaveEffect(tickets[0])) << "another may have written there";
}

TEST_F(ExactlyOnceFenceTest, AnothersFenceBeforeAnythingWasSentHasNoEffect) {
  MakeFenced();
  AppendTicket ticket = Submit("a");
  call().Receive();
  call().Finish(TokenMismatch("another's"));
  EXPECT_EQ(reads(), 0);
  EXPECT_EQ(Code(ticket), ErrorCode::kFencingTokenMismatch);
  EXPECT_FALSE(MayHaveEffect(ticket));
}

TEST_F(ExactlyOnceFenceTest, AReplacedStreamTakesNothing) {
  MakeFenced();
  const auto tickets = SubmitAndCut({"a"});
  call().Finish(TokenMismatch(""));
  read().Finish(Unwritten(0));
  EXPECT_TRUE(MayHaveEffect(tickets[0])) << "it may have been in the stream that is gone";
  EXPECT_TRUE(call().finished());
}

TEST_F(ExactlyOnceFenceTest, GivingUpItFencesOnceMoreAndNothingIsLeftOpen) {
  const auto tickets = FailForGood();
  read().Finish(Unwritten(1));  // neither is there yet
  EXPECT_FALSE(tickets[0].done());
  ReceiveLastFence();
  call().Ack(2, 3);  // a was faster
  ASSERT_EQ(reads(), 2);
  EXPECT_EQ(read().request().seq_num(), 1);
  EXPECT_EQ(read().request().count(), 1) << "behind the fence there is nothing of ours";
  AnswerRead(Records(1, {"a"}));
  EXPECT_TRUE(Acked(tickets[0]));
  EXPECT_EQ(Code(tickets[1]), ErrorCode::kServerDisconnected);
  EXPECT_FALSE(MayHaveEffect(tickets[1]));
  EXPECT_FALSE(session().status().ok());
}

TEST_F(ExactlyOnceFenceTest, ALastFenceAtThePinNeedsNoReadBack) {
  const auto tickets = FailForGood();
  read().Finish(Unwritten(1));
  ReceiveLastFence();
  call().Ack(1, 2);
  EXPECT_EQ(reads(), 1);
  EXPECT_FALSE(MayHaveEffect(tickets[0]));
  EXPECT_FALSE(MayHaveEffect(tickets[1]));
}

TEST_F(ExactlyOnceFenceTest, TrimmedEvidenceBeforeTheLastFenceCountsToo) {
  const auto tickets = FailForGood();
  read().Accept();
  read().Finish(absl::OkStatus());  // trimmed, all of it
  AnswerLook(2);
  ReceiveLastFence();
  call().Ack(2, 3);
  read().Accept();
  read().Finish(absl::OkStatus());
  AnswerLook(3);
  EXPECT_TRUE(Acked(tickets[0]));
  EXPECT_FALSE(MayHaveEffect(tickets[1]));
}

TEST_F(ExactlyOnceFenceTest, ALastFenceThatFindsAnotherTokenIsAsGood) {
  const auto tickets = FailForGood();
  read().Finish(Unwritten(1));
  ReceiveLastFence();
  call().Finish(TokenMismatch("another's"));
  AnswerRead([] {
    v1::ReadBatch batch;
    *batch.add_records() = Sequenced(1, MakeFenceRecord("another's"));
    return batch;
  }());
  EXPECT_FALSE(MayHaveEffect(tickets[0]));
  EXPECT_FALSE(MayHaveEffect(tickets[1]));
}

TEST_F(ExactlyOnceFenceTest, WithoutTheLastFenceItStaysUnknown) {
  const auto tickets = FailForGood();
  read().Finish(Unwritten(1));
  call().Finish(Broken());
  EXPECT_EQ(Code(tickets[0]), ErrorCode::kServerDisconnected);
  EXPECT_TRUE(MayHaveEffect(tickets[0]));
}

TEST_F(ExactlyOnceFenceTest, ProgressComesBeforeGivingUp) {
  const auto tickets = FailForGood();
  AnswerRead(Records(1, {"a"}));
  EXPECT_TRUE(Acked(tickets[0]));
  call().Accept();
  const v1::AppendInput b = call().Receive();
  EXPECT_EQ(Body(b), "b");
  EXPECT_EQ(b.fencing_token(), token_);
}

TEST_F(ExactlyOnceFenceTest, CancelWaitsForNoFence) {
  const auto tickets = FailForGood();
  read().Finish(Unwritten(1));
  ReceiveLastFence();
  session().Cancel();
  EXPECT_TRUE(call().cancelled());
  EXPECT_TRUE(MayHaveEffect(tickets[0]));
  EXPECT_EQ(clock_->timers(), 0);
}

TEST_F(ExactlyOnceFenceTest, RefusesABatchWithATokenOfItsOwnAndLeavesItUntouched) {
  options_.exactly_once.identity_header = "id";
  MakeFenced();
  v1::AppendInput input = MakeBatch("a");
  input.set_fencing_token("mine");
  const absl::Status status = session().TrySubmit(std::move(input)).status();
  EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid);
  EXPECT_THAT(std::string(status.message()), HasSubstr("fencing_token is \"mine\""));
  EXPECT_EQ(input.fencing_token(), "mine");
  EXPECT_EQ(input.records(0).headers_size(), 0);
}

}  // namespace
}  // namespace s2::internal
