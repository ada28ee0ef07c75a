// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/session/append_session_fixture.h"

namespace s2::internal {
namespace {

using AppendSessionMarksTest = AppendSessionTest;

AppendSessionOptions AtMostOnce() {
  AppendSessionOptions options;
  options.policy = AppendRetryPolicy::kAtMostOnce;
  return options;
}

TEST_F(AppendSessionMarksTest, WhatWasNeverWrittenHadNoEffect) {
  MakeStreaming();
  AppendTicket written = Submit("a");
  AppendTicket queued = Submit("b");
  call().TakeWrite();
  call().Finish(MakeError(ErrorCode::kClientHangup, "hung up"));
  EXPECT_TRUE(MayHaveEffect(written)) << "its write had begun";
  EXPECT_FALSE(MayHaveEffect(queued));
}

TEST_F(AppendSessionMarksTest, AnErrorFreeOfSideEffectsSpeaksForItsAttempt) {
  MakeStreaming();
  AppendTicket ticket = Submit("a");
  call().Receive();
  call().Finish(MakeError(ErrorCode::kPermissionDenied, "no"));
  EXPECT_FALSE(MayHaveEffect(ticket));
}

TEST_F(AppendSessionMarksTest, AMarkOutlivesALaterErrorThatIsFreeOfSideEffects) {
  MakeStreaming();
  AppendTicket first = Submit("a");
  call().Receive();
  call().Finish(Broken());
  AppendTicket second = Submit("b");
  clock_->AdvanceToNextTimer();
  call().Accept();
  call().ReceiveAll();
  call().Finish(MakeError(ErrorCode::kPermissionDenied, "no"));
  EXPECT_TRUE(MayHaveEffect(first));
  EXPECT_FALSE(MayHaveEffect(second));
  EXPECT_FALSE(HasNoSideEffects(session().status()));
}

TEST_F(AppendSessionMarksTest, AnAttemptThatWasNeverAcceptedMarksNothing) {
  AppendSessionOptions options;
  options.retry.budget = RetryBudget::Attempts(2);
  Make(options);
  AppendTicket ticket = Submit("a");
  call().Finish(Broken());
  clock_->AdvanceToNextTimer();
  call().Finish(Broken());
  EXPECT_FALSE(MayHaveEffect(ticket));
}

TEST_F(AppendSessionMarksTest, AServerThatLeavesSaysWhatItTook) {
  AppendSessionOptions options;
  options.retry.budget = RetryBudget::Attempts(1);
  MakeStreaming(options);
  Submit("a");
  AppendTicket taken = Submit("b");
  AppendTicket not_taken = Submit("c");
  call().ReceiveAll();
  call().Ack(0, 1);
  call().Finish(Leaving(2));
  ASSERT_EQ(calls(), 2);
  call().Finish(MakeError(ErrorCode::kPermissionDenied, "no"));
  EXPECT_TRUE(MayHaveEffect(taken));
  EXPECT_FALSE(MayHaveEffect(not_taken));
}

TEST_F(AppendSessionMarksTest, AtMostOnceRetriesWhatWasNotWritten) {
  MakeStreaming(AtMostOnce());
  call().Finish(Broken());
  AppendTicket ticket = Submit("a");
  call().Finish(Broken());
  EXPECT_FALSE(ticket.done());
  clock_->AdvanceToNextTimer();
  call().Accept();
  call().Receive();
  call().Ack(0, 1);
  EXPECT_TRUE(Acked(ticket));
}

TEST_F(AppendSessionMarksTest, AtMostOnceGivesUpWhenABatchMayHaveBeenAccepted) {
  MakeStreaming(AtMostOnce());
  AppendTicket written = Submit("a");
  call().Receive();
  call().Finish(Broken());
  EXPECT_TRUE(MayHaveEffect(written));
  EXPECT_EQ(Code(written), ErrorCode::kServerDisconnected);
}

TEST_F(AppendSessionMarksTest, AtMostOnceRetriesOnEvidence) {
  MakeStreaming(AtMostOnce());
  AppendTicket ticket = Submit("a");
  call().Receive();
  call().Finish(MakeError(ErrorCode::kRateLimited, "slow down"));
  EXPECT_FALSE(ticket.done());
  clock_->AdvanceToNextTimer();
  call().Accept();
  call().Receive();
  call().Finish(Leaving(0));
  EXPECT_FALSE(ticket.done());
  call().Accept();
  call().Receive();
  call().Finish(Leaving(1));
  EXPECT_TRUE(MayHaveEffect(ticket));
}

TEST_F(AppendSessionMarksTest, HandsUnackedBatchesBackInOrderEachWithItsMark) {
  MakeStreaming();
  for (const char* body : {"a", "b", "c", "d"}) Submit(body);
  call().Receive();
  call().Receive();
  call().TakeWrite();
  call().Ack(0, 1);
  EXPECT_TRUE(session().TakeUnacked().empty()) << "it lives";
  call().Finish(MakeError(ErrorCode::kClientHangup, "hung up"));
  const std::vector<UnackedBatch> unacked = session().TakeUnacked();
  ASSERT_EQ(unacked.size(), 3);
  EXPECT_EQ(Body(unacked[0].input), "b");
  EXPECT_TRUE(unacked[0].may_have_effect);
  EXPECT_EQ(Body(unacked[1].input), "c");
  EXPECT_TRUE(unacked[1].may_have_effect);
  EXPECT_EQ(Body(unacked[2].input), "d");
  EXPECT_FALSE(unacked[2].may_have_effect);
  EXPECT_TRUE(session().TakeUnacked().empty());
}

TEST_F(AppendSessionMarksTest, TakingBackLeavesAMessageThatIsStillBeingWritten) {
  MakeStreaming();
  Submit("a");
  call().TakeWrite();
  session().Cancel();
  const std::vector<UnackedBatch> unacked = session().TakeUnacked();
  ASSERT_EQ(unacked.size(), 1);
  EXPECT_EQ(Body(unacked[0].input), "a");
  EXPECT_EQ(Body(*call().last_write()), "a");
}

}  // namespace
}  // namespace s2::internal
