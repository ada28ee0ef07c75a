// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>

#include "s2/tests/session/exactly_once_fixture.h"

namespace s2::internal {
namespace {

using ::testing::HasSubstr;

// How a kExactlyOnce session learns where it begins.
using ExactlyOnceClaimTest = ExactlyOnceTest;

TEST_F(ExactlyOnceClaimTest, LearnsTheNextPositionByAnAppendThatCannotLand) {
  MakeClaimed(10);
  EXPECT_EQ(calls(), 2);
  call().Accept();
  Submit("a");
  v1::AppendInput two = MakeBatch("b", 2);
  ASSERT_TRUE(session().TrySubmit(std::move(two)).ok());
  Submit("c");
  EXPECT_EQ(call().Receive().match_seq_num(), 10);
  EXPECT_EQ(call().Receive().match_seq_num(), 11);
  EXPECT_EQ(call().Receive().match_seq_num(), 13);
}

TEST_F(ExactlyOnceClaimTest, OfAStreamThatTheOpeningCreatedItIsZero) {
  MakeWriting(0);
  AppendTicket ticket = Submit("a");
  const v1::AppendInput input = call().Receive();
  EXPECT_TRUE(input.has_match_seq_num());
  EXPECT_EQ(input.match_seq_num(), 0);
  call().Ack(0, 1);
  EXPECT_TRUE(Acked(ticket));
}

TEST_F(ExactlyOnceClaimTest, BatchesWaitForIt) {
  Make(options_);
  AppendTicket ticket = Submit("a");
  call().Accept();
  call().Receive();
  EXPECT_FALSE(call().writing());
  call().Finish(SeqNumMismatch(3));
  call().Accept();
  EXPECT_EQ(Body(call().Receive()), "a");
  call().Ack(3, 4);
  EXPECT_TRUE(Acked(ticket));
}

TEST_F(ExactlyOnceClaimTest, IsTriedAgainWhenTheStreamBreaks) {
  Make(options_);
  Submit("a");
  call().Accept();
  call().Receive();
  Reconnect();
  EXPECT_EQ(call().Receive().match_seq_num(), kNowhere);
  call().Finish(SeqNumMismatch(5));
  call().Accept();
  EXPECT_EQ(call().Receive().match_seq_num(), 5);
}

TEST_F(ExactlyOnceClaimTest, EndsTheSessionWhenItsBudgetIsSpentWithoutEffect) {
  options_.retry.budget = RetryBudget::Attempts(1);
  Make(options_);
  AppendTicket ticket = Submit("a");
  call().Finish(Broken());
  EXPECT_EQ(Code(ticket), ErrorCode::kServerDisconnected);
  EXPECT_FALSE(MayHaveEffect(ticket));
}

TEST_F(ExactlyOnceClaimTest, OfAnIdleSessionIsTriedAgainWhenThereIsSomethingToSend) {
  options_.retry.budget = RetryBudget::Attempts(1);
  Make(options_);
  call().Finish(Broken());
  EXPECT_TRUE(session().status().ok());
  EXPECT_EQ(GetErrorCode(session().Stats().last_error), ErrorCode::kServerDisconnected);
  EXPECT_EQ(calls(), 1);
  AppendTicket ticket = Submit("a");
  EXPECT_EQ(calls(), 2);
  call().Accept();
  call().Receive();
  call().Finish(SeqNumMismatch(0));
  call().Accept();
  call().Receive();
  call().Ack(0, 1);
  EXPECT_TRUE(Acked(ticket));
}

TEST_F(ExactlyOnceClaimTest, ThatIsRefusedEndsTheSession) {
  Make(options_);
  call().Finish(MakeError(ErrorCode::kStreamNotFound, "no such stream"));
  EXPECT_EQ(GetErrorCode(session().status()), ErrorCode::kStreamNotFound);
}

TEST_F(ExactlyOnceClaimTest, IsGivenUpWithTheSession) {
  Make(options_);
  call().Accept();
  call().Receive();
  AppendTicket ticket = Submit("a");
  session().Cancel();
  EXPECT_TRUE(call().cancelled());
  EXPECT_FALSE(MayHaveEffect(ticket));
}

TEST_F(ExactlyOnceClaimTest, CloseOfAnEmptySessionDoesNotWaitForIt) {
  Make(options_);
  EXPECT_TRUE(session().Close(absl::InfinitePast()).ok());
  EXPECT_TRUE(call().cancelled());
}

TEST_F(ExactlyOnceClaimTest, AWrongGuessIsMadeAnewAtOnceForAllBatches) {
  MakeWriting(10);
  AppendTicket a = Submit("a");
  AppendTicket b = Submit("b");
  call().ReceiveAll();
  call().Finish(SeqNumMismatch(12));
  ASSERT_EQ(calls(), 3) << "without a pause";
  EXPECT_EQ(reads(), 0);
  call().Accept();
  EXPECT_EQ(call().Receive().match_seq_num(), 12);
  EXPECT_EQ(call().Receive().match_seq_num(), 13);
  call().Ack(12, 13);
  call().Ack(13, 14);
  EXPECT_TRUE(Acked(a));
  EXPECT_TRUE(Acked(b));
}

TEST_F(ExactlyOnceClaimTest, GuessesUntilAnotherWriterIsTooBusy) {
  MakeWriting(0);
  AppendTicket ticket = Submit("a");
  for (uint64_t tail = 1; !ticket.done(); ++tail) {
    ASSERT_LT(tail, 100);
    EXPECT_EQ(call().Receive().match_seq_num(), tail - 1);
    call().Finish(SeqNumMismatch(tail));
    if (!call().finished()) call().Accept();
  }
  EXPECT_EQ(Code(ticket), ErrorCode::kSeqNumMismatch);
  EXPECT_FALSE(MayHaveEffect(ticket));
}

TEST_F(ExactlyOnceClaimTest, AnAckEndsTheGuessing) {
  MakeWriting(0);
  AppendTicket a = Submit("a");
  AppendTicket b = Submit("b");
  call().ReceiveAll();
  call().Ack(0, 1);
  call().Finish(SeqNumMismatch(2));
  EXPECT_TRUE(Acked(a));
  EXPECT_EQ(Code(b), ErrorCode::kSeqNumMismatch);
  EXPECT_FALSE(MayHaveEffect(b));
  EXPECT_EQ(reads(), 0) << "the error is evidence enough";
}

TEST_F(ExactlyOnceClaimTest, WithAFenceFencesAtTheTail) {
  options_.exactly_once.fence = true;
  Make(options_);
  call().Accept();
  const v1::AppendInput probe = call().Receive();
  EXPECT_EQ(probe.match_seq_num(), kNowhere);
  call().Finish(SeqNumMismatch(7));
  call().Accept();
  const v1::AppendInput fence = call().Receive();
  EXPECT_EQ(fence.match_seq_num(), 7);
  EXPECT_FALSE(fence.has_fencing_token());
  ASSERT_TRUE(IsCommand(fence.records(0)));
  EXPECT_EQ(fence.records(0).headers(0).value(), "fence");
  const std::string token = Body(fence);
  EXPECT_EQ(token.size(), 32);
  call().Ack(7, 8);
  call().Accept();
  Submit("a");
  const v1::AppendInput batch = call().Receive();
  EXPECT_EQ(batch.match_seq_num(), 8);
  EXPECT_EQ(batch.fencing_token(), token);
}

TEST_F(ExactlyOnceClaimTest, AFenceThatComesTooLateIsTriedAgainAtTheNewTail) {
  options_.exactly_once.fence = true;
  Make(options_);
  for (uint64_t tail = 1; session().status().ok(); ++tail) {
    ASSERT_LT(tail, 100);
    call().Accept();
    call().Receive();
    call().Finish(SeqNumMismatch(tail));
  }
  EXPECT_EQ(calls(), 9);
  EXPECT_EQ(GetErrorCode(session().status()), ErrorCode::kSeqNumMismatch);
}

TEST_F(ExactlyOnceClaimTest, AFenceThatMayHaveLandedIsRepeatedWithItsPinThenBehindIt) {
  options_.exactly_once.fence = true;
  Make(options_);
  call().Accept();
  const std::string token = Body(call().Receive());
  call().Finish(SeqNumMismatch(7));
  call().Accept();
  call().Receive();
  Reconnect();
  EXPECT_EQ(call().Receive().match_seq_num(), 7);
  call().Finish(SeqNumMismatch(8));
  call().Accept();
  const v1::AppendInput again = call().Receive();
  EXPECT_EQ(again.match_seq_num(), 8);
  EXPECT_EQ(Body(again), token);
  call().Ack(8, 9);
  call().Accept();
  Submit("a");
  EXPECT_EQ(call().Receive().match_seq_num(), 9);
}

TEST_F(ExactlyOnceClaimTest, OptionsNeedThePolicyAndErrorsNameTheField) {
  EXPECT_TRUE(Validate(options_).ok());
  const auto message = [](auto change) {
    AppendSessionOptions options;
    change(options);
    const absl::Status status = Validate(options);
    EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid);
    return std::string(status.message());
  };
  EXPECT_EQ(message([](AppendSessionOptions& o) { o.exactly_once.fence = true; }),
            "exactly_once.fence is set; policy is not kExactlyOnce");
  EXPECT_EQ(message([](AppendSessionOptions& o) { o.exactly_once.identity_header = "id"; }),
            "exactly_once.identity_header is \"id\"; policy is not kExactlyOnce");
  EXPECT_THAT(message([](AppendSessionOptions& o) {
                o.policy = AppendRetryPolicy::kExactlyOnce;
                o.exactly_once.identity_header = std::string(65, 'x');
              }),
              HasSubstr("has 65 bytes; the limit is 64"));
}

}  // namespace
}  // namespace s2::internal
