// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>

#include "s2/tests/session/exactly_once_fixture.h"

namespace s2::internal {
namespace {

using ::testing::HasSubstr;

// How a kExactlyOnce session finds out what became of its batches.
using ExactlyOnceSettleTest = ExactlyOnceTest;

TEST_F(ExactlyOnceSettleTest, ARepeatThatIsRefusedIsReadBackAndAcked) {
  MakeWriting(4);
  const auto tickets = SubmitAndCut({"a"});
  call().Finish(SeqNumMismatch(5));
  ASSERT_EQ(reads(), 1);
  EXPECT_EQ(read().request().seq_num(), 4);
  EXPECT_EQ(read().request().count(), 1);
  AnswerRead(Records(4, {"a"}));
  ASSERT_TRUE(Acked(tickets[0]));
  EXPECT_EQ(Start(tickets[0]), 4);
  EXPECT_EQ(tickets[0].Wait()->end().seq_num(), 5);
  EXPECT_EQ(tickets[0].Wait()->end().timestamp(), 4) << "as it was read";
  EXPECT_EQ(session().Stats().acked_batches, 1);
  EXPECT_EQ(session().Stats().unacked_bytes, 0);
  const size_t before = calls();
  AppendTicket next = Submit("b");
  ASSERT_EQ(calls(), before + 1) << "it was idle";
  call().Accept();
  EXPECT_EQ(call().Receive().match_seq_num(), 5);
  call().Ack(5, 6);
  EXPECT_TRUE(Acked(next));
}

TEST_F(ExactlyOnceSettleTest, ARepeatKeepsItsPin) {
  MakeWriting(4);
  Submit("a");
  Submit("b");
  call().ReceiveAll();
  for (int i = 0; i < 2; ++i) {
    Reconnect();
    EXPECT_EQ(call().Receive().match_seq_num(), 4);
    EXPECT_EQ(call().Receive().match_seq_num(), 5);
  }
}

TEST_F(ExactlyOnceSettleTest, OneMismatchMaySettleSeveralBatches) {
  MakeWriting();
  const auto tickets = SubmitAndCut({"a", "b", "c"});
  call().Finish(SeqNumMismatch(3));
  EXPECT_EQ(read().request().count(), 3);
  AnswerRead(Records(0, {"a", "b", "c"}));
  for (uint64_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(Acked(tickets[i]));
    EXPECT_EQ(Start(tickets[i]), i);
  }
  EXPECT_EQ(reads(), 1);
}

TEST_F(ExactlyOnceSettleTest, TheMessageOfEachSettledBatchIsFreed) {
  MakeWriting();
  std::vector<AppendTicket> tickets;
  for (const std::string body : {"a", "b", "c"}) tickets.push_back(Submit(body));
  std::vector<const v1::AppendInput*> messages;
  while (call().writing()) {
    messages.push_back(call().last_write());
    call().Receive();
  }
  ASSERT_EQ(messages.size(), 3);
  Reconnect();
  call().ReceiveAll();
  call().Finish(SeqNumMismatch(3));
  AnswerRead(Records(0, {"a", "b", "c"}));
  ASSERT_TRUE(Acked(tickets[2]));
  // The tickets keep the batches.
  for (const v1::AppendInput* message : messages) EXPECT_EQ(message->records_size(), 0);
}

TEST_F(ExactlyOnceSettleTest, WhatIsNotThereYetIsSentAgainWithItsPinAtOnce) {
  MakeWriting();
  const auto tickets = SubmitAndCut({"a", "b", "c"});
  const size_t before = calls();
  call().Finish(SeqNumMismatch(1));
  AnswerRead(Records(0, {"a"}));
  EXPECT_TRUE(Acked(tickets[0]));
  EXPECT_FALSE(tickets[1].done());
  ASSERT_EQ(calls(), before + 1);
  call().Accept();
  const v1::AppendInput b = call().Receive();
  EXPECT_EQ(Body(b), "b");
  EXPECT_EQ(b.match_seq_num(), 1);
  EXPECT_EQ(call().Receive().match_seq_num(), 2);
  call().Ack(1, 2);
  call().Ack(2, 3);
  EXPECT_TRUE(Acked(tickets[2]));
}

TEST_F(ExactlyOnceSettleTest, ACopyThatLandsAfterTheReadBackIsFoundByTheNext) {
  MakeWriting();
  const auto tickets = SubmitAndCut({"a", "b"});
  call().Finish(SeqNumMismatch(1));
  AnswerRead(Records(0, {"a"}));
  call().Accept();
  EXPECT_EQ(call().Receive().match_seq_num(), 1);
  call().Finish(SeqNumMismatch(2));  // an old copy of b was faster
  AnswerRead(Records(1, {"b"}));
  ASSERT_TRUE(Acked(tickets[1]));
  EXPECT_EQ(Start(tickets[1]), 1);
}

TEST_F(ExactlyOnceSettleTest, IdenticalBatchesInARowAreToldApartByTheirPins) {
  MakeWriting();
  const auto tickets = SubmitAndCut({"x", "x", "x"});
  call().Finish(SeqNumMismatch(2));
  AnswerRead(Records(0, {"x", "x"}));
  EXPECT_TRUE(Acked(tickets[0]));
  EXPECT_TRUE(Acked(tickets[1]));
  EXPECT_FALSE(tickets[2].done());
  call().Accept();
  EXPECT_EQ(call().Receive().match_seq_num(), 2);
}

TEST_F(ExactlyOnceSettleTest, AnotherWritersRecordEndsItAndNothingFromThereHadAnEffect) {
  MakeWriting();
  const auto tickets = SubmitAndCut({"a", "b", "c"});
  call().Finish(SeqNumMismatch(3));
  AnswerRead(Records(0, {"a", "x", "c"}));
  EXPECT_TRUE(Acked(tickets[0]));
  EXPECT_EQ(Code(tickets[1]), ErrorCode::kSeqNumMismatch);
  EXPECT_FALSE(MayHaveEffect(tickets[1]));
  EXPECT_FALSE(MayHaveEffect(tickets[2])) << "S2 stops at the first failed condition";
  EXPECT_THAT(std::string(session().status().message()), HasSubstr("record 1 is another writer's"));
  for (const UnackedBatch& unacked : session().TakeUnacked()) {
    EXPECT_FALSE(unacked.may_have_effect);
    EXPECT_FALSE(unacked.input.has_match_seq_num()) << "as submitted";
  }
}

TEST_F(ExactlyOnceSettleTest, ABatchThatIsThereInPartIsUnknown) {
  MakeWriting();
  auto ticket = session().TrySubmit(MakeBatch("a", 2));
  call().Receive();
  Reconnect();
  call().Receive();
  call().Finish(SeqNumMismatch(1));
  AnswerRead(Records(0, {"a"}));
  EXPECT_TRUE(MayHaveEffect(*ticket));
  EXPECT_THAT(std::string(session().status().message()), HasSubstr("only a part"));
}

TEST_F(ExactlyOnceSettleTest, AStreamThatEndsBeforeThePinWasReplaced) {
  MakeWriting(5);
  AppendTicket marked = Submit("a");
  call().Receive();
  Reconnect();
  AppendTicket unmarked = Submit("b");
  call().ReceiveAll();
  call().Finish(SeqNumMismatch(2));
  EXPECT_EQ(reads(), 0);
  EXPECT_EQ(Code(marked), ErrorCode::kSeqNumMismatch);
  EXPECT_TRUE(MayHaveEffect(marked));
  EXPECT_FALSE(MayHaveEffect(unmarked));
  EXPECT_THAT(std::string(session().status().message()), HasSubstr("it was replaced or has lost"));
}

TEST_F(ExactlyOnceSettleTest, TrimmedEvidenceIsUnknown) {
  MakeWriting();
  const auto tickets = SubmitAndCut({"a", "b"});
  call().Finish(SeqNumMismatch(2));
  AnswerRead(Records(1, {"b"}));
  EXPECT_TRUE(MayHaveEffect(tickets[0]));
  EXPECT_TRUE(MayHaveEffect(tickets[1]));
  EXPECT_THAT(std::string(session().status().message()),
              HasSubstr("record 0 cannot be read back (it was trimmed)"));
}

TEST_F(ExactlyOnceSettleTest, ATokenThatMayNotReadLeavesItUnknown) {
  MakeWriting();
  const auto tickets = SubmitAndCut({"a"});
  call().Finish(SeqNumMismatch(1));
  read().Finish(MakeError(ErrorCode::kPermissionDenied, "no reading"));
  EXPECT_EQ(Code(tickets[0]), ErrorCode::kSeqNumMismatch);
  EXPECT_TRUE(MayHaveEffect(tickets[0]));
  EXPECT_THAT(std::string(session().status().message()), HasSubstr("no reading"));
}

TEST_F(ExactlyOnceSettleTest, TheReadBackIsTriedAgainFromWhereItBroke) {
  MakeWriting();
  const auto tickets = SubmitAndCut({"a", "b"});
  call().Finish(SeqNumMismatch(2));
  read().Accept();
  read().Deliver(Records(0, {"a"}));
  EXPECT_TRUE(Acked(tickets[0])) << "batch by batch";
  EXPECT_FALSE(tickets[1].done());
  read().Finish(Broken());
  clock_->AdvanceToNextTimer();
  ASSERT_EQ(reads(), 2);
  EXPECT_EQ(read().request().seq_num(), 1);
  AnswerRead(Records(1, {"b"}));
  EXPECT_TRUE(Acked(tickets[1]));
}

TEST_F(ExactlyOnceSettleTest, AReadBackThatFailsForGoodLeavesItUnknown) {
  MakeWriting();
  const auto tickets = SubmitAndCut({"a"});
  call().Finish(SeqNumMismatch(1));
  for (int i = 0; i < 2; ++i) {
    read().Finish(Broken());
    clock_->AdvanceToNextTimer();
  }
  EXPECT_EQ(reads(), 3);
  EXPECT_FALSE(tickets[0].done());
  read().Finish(Broken());
  EXPECT_EQ(Code(tickets[0]), ErrorCode::kSeqNumMismatch);
  EXPECT_TRUE(MayHaveEffect(tickets[0]));
}

TEST_F(ExactlyOnceSettleTest, AReadBackThatHangsIsTimedOut) {
  MakeWriting();
  const auto tickets = SubmitAndCut({"a"});
  call().Finish(SeqNumMismatch(1));
  read().Accept();
  clock_->Advance(options_.ack_timeout);
  EXPECT_TRUE(reads_[0]->cancelled());
  clock_->AdvanceToNextTimer();
  ASSERT_EQ(reads(), 2);
  AnswerRead(Records(0, {"a"}));
  EXPECT_TRUE(Acked(tickets[0]));
}

TEST_F(ExactlyOnceSettleTest, ASpentBudgetIsSettledAndGoesOnIfThatBroughtProgress) {
  options_.retry.budget = RetryBudget::Attempts(1);
  MakeWriting();
  AppendTicket a = Submit("a");
  AppendTicket b = Submit("b");
  call().ReceiveAll();
  call().Finish(Broken());
  ASSERT_EQ(reads(), 1);
  EXPECT_FALSE(a.done());
  AnswerRead(Records(0, {"a"}));
  EXPECT_TRUE(Acked(a));
  EXPECT_FALSE(b.done());
  call().Accept();
  EXPECT_EQ(call().Receive().match_seq_num(), 1);
  call().Ack(1, 2);
  EXPECT_TRUE(Acked(b));
}

TEST_F(ExactlyOnceSettleTest, ASpentBudgetWithoutProgressIsUnknown) {
  options_.retry.budget = RetryBudget::Attempts(1);
  MakeWriting(5);
  AppendTicket a = Submit("a");
  call().Receive();
  AppendTicket b = Submit("b");
  call().TakeWrite();
  AppendTicket c = Submit("c");
  call().Finish(Broken());
  read().Finish(Unwritten(5));
  EXPECT_EQ(Code(a), ErrorCode::kServerDisconnected);
  EXPECT_TRUE(MayHaveEffect(a)) << "an old copy may land yet";
  EXPECT_TRUE(MayHaveEffect(b));
  EXPECT_FALSE(MayHaveEffect(c)) << "it was never sent";
}

TEST_F(ExactlyOnceSettleTest, ATerminalErrorIsSettledToo) {
  MakeWriting();
  AppendTicket a = Submit("a");
  AppendTicket b = Submit("b");
  call().ReceiveAll();
  call().Ack(7, 8);  // not what it asked for
  EXPECT_TRUE(call().cancelled());
  AnswerRead(Records(0, {"a", "b"}));
  EXPECT_TRUE(Acked(a));
  EXPECT_TRUE(Acked(b));
  EXPECT_EQ(GetErrorCode(session().status()), ErrorCode::kInvalidAck) << "it ends all the same";
}

TEST_F(ExactlyOnceSettleTest, AFirstFailureWithoutEffectIsNotReadBack) {
  MakeWriting();
  AppendTicket ticket = Submit("a");
  call().Receive();
  call().Finish(MakeError(ErrorCode::kPermissionDenied, "no"));
  EXPECT_EQ(reads(), 0);
  EXPECT_FALSE(MayHaveEffect(ticket));
}

TEST_F(ExactlyOnceSettleTest, ATokenMismatchOfARepeatIsReadBackToTheTail) {
  MakeWriting();
  const auto tickets = SubmitAndCut({"a", "b"});
  AppendTicket late = Submit("c");
  call().ReceiveAll();
  call().Finish(TokenMismatch("another's"));
  AnswerRead(Records(0, {"a"}));
  EXPECT_TRUE(Acked(tickets[0]));
  call().Accept();  // progress: once more
  call().ReceiveAll();
  call().Finish(TokenMismatch("another's"));
  read().Finish(Unwritten(1));
  EXPECT_EQ(Code(tickets[1]), ErrorCode::kFencingTokenMismatch);
  EXPECT_TRUE(MayHaveEffect(tickets[1])) << "the token may come back";
  EXPECT_FALSE(MayHaveEffect(late));
}

TEST_F(ExactlyOnceSettleTest, ACallersOwnFenceRecordThatLandedExplainsTheTokenMismatch) {
  MakeWriting();
  v1::AppendInput fence = MakeInput({MakeFenceRecord("new")});
  fence.set_fencing_token("old");
  v1::AppendInput fenced = MakeBatch("a");
  fenced.set_fencing_token("new");
  auto first = session().TrySubmit(std::move(fence));
  auto second = session().TrySubmit(std::move(fenced));
  call().ReceiveAll();
  Reconnect();
  EXPECT_EQ(call().Receive().fencing_token(), "old");
  call().Receive();
  call().Finish(TokenMismatch("new"));
  v1::ReadBatch batch;
  *batch.add_records() = Sequenced(0, MakeFenceRecord("new"));
  AnswerRead(batch);
  EXPECT_TRUE(Acked(*first));
  call().Accept();
  EXPECT_EQ(call().Receive().fencing_token(), "new");
  call().Ack(1, 2);
  EXPECT_TRUE(Acked(*second));
}

TEST_F(ExactlyOnceSettleTest, EqualBytesOfAnotherWriterAreTakenForOurs) {
  MakeWriting();
  const auto tickets = SubmitAndCut({"a"});
  call().Finish(SeqNumMismatch(1));
  AnswerRead(Records(0, {"a"}));
  EXPECT_TRUE(Acked(tickets[0])) << "which is why there is identity_header";
}

TEST_F(ExactlyOnceSettleTest, AnIdentityHeaderTellsEqualBytesOfAnotherWriterApart) {
  options_.exactly_once.identity_header = "id";
  MakeWriting();
  const auto tickets = SubmitAndCut({"a"});
  call().Finish(SeqNumMismatch(1));
  AnswerRead(Records(0, {"a"}));
  EXPECT_EQ(Code(tickets[0]), ErrorCode::kSeqNumMismatch);
  EXPECT_FALSE(MayHaveEffect(tickets[0]));
}

TEST_F(ExactlyOnceSettleTest, AnIdentityHeaderIsFoundAgain) {
  options_.exactly_once.identity_header = "id";
  MakeWriting();
  AppendTicket ticket = Submit("a");
  const v1::AppendInput sent = call().Receive();
  ASSERT_EQ(sent.records(0).headers_size(), 1);
  Reconnect();
  call().Receive();
  call().Finish(SeqNumMismatch(1));
  v1::ReadBatch batch;
  *batch.add_records() = Sequenced(0, sent.records(0), 123);
  AnswerRead(batch);
  EXPECT_TRUE(Acked(ticket));
}

TEST_F(ExactlyOnceSettleTest, CommandsAreReadBackLikeOtherRecords) {
  MakeWriting();
  auto ticket = session().TrySubmit(MakeInput({MakeTrimRecord(0), MakeRecord("a")}));
  call().Receive();
  Reconnect();
  call().Receive();
  call().Finish(SeqNumMismatch(2));
  v1::ReadBatch batch;
  *batch.add_records() = Sequenced(0, MakeTrimRecord(0));
  *batch.add_records() = Sequenced(1, MakeRecord("a"));
  AnswerRead(batch);
  EXPECT_TRUE(Acked(*ticket));
}

TEST_F(ExactlyOnceSettleTest, BatchesSubmittedMeanwhileFollow) {
  MakeWriting();
  const auto tickets = SubmitAndCut({"a"});
  call().Finish(SeqNumMismatch(1));
  AppendTicket b = Submit("b");
  AnswerRead(Records(0, {"a"}));
  call().Accept();
  EXPECT_EQ(call().Receive().match_seq_num(), 1);
  call().Ack(1, 2);
  EXPECT_TRUE(Acked(b));
}

TEST_F(ExactlyOnceSettleTest, CloseWaitsForItAndIsClean) {
  MakeWriting();
  const auto tickets = SubmitAndCut({"a"});
  call().Finish(SeqNumMismatch(1));
  std::optional<absl::Status> closed;
  session().CloseAsync(absl::InfiniteFuture(), [&](absl::Status s) { closed = s; });
  RunCallbacks();
  EXPECT_FALSE(closed.has_value());
  AnswerRead(Records(0, {"a"}));
  RunCallbacks();
  ASSERT_TRUE(closed.has_value());
  EXPECT_TRUE(closed->ok());
  EXPECT_EQ(clock_->timers(), 0);
}

TEST_F(ExactlyOnceSettleTest, CloseGivesItUpAtItsDeadline) {
  MakeWriting();
  const auto tickets = SubmitAndCut({"a"});
  call().Finish(SeqNumMismatch(1));
  EXPECT_EQ(GetErrorCode(session().Close(absl::InfinitePast())), ErrorCode::kCloseTimeout);
  EXPECT_TRUE(read().cancelled());
  EXPECT_TRUE(MayHaveEffect(tickets[0]));
}

TEST_F(ExactlyOnceSettleTest, WhatIsReadAfterTheEndIsDropped) {
  MakeWriting();
  const auto tickets = SubmitAndCut({"a"});
  call().Finish(SeqNumMismatch(1));
  read().Accept();
  session().Cancel();
  read().Deliver(Records(0, {"a"}));
  EXPECT_EQ(Code(tickets[0]), ErrorCode::kSessionDropped);
  EXPECT_EQ(clock_->timers(), 0);
}

TEST_F(ExactlyOnceSettleTest, SettlingCountsAsProgress) {
  options_.retry.budget = RetryBudget::Attempts(2);
  MakeWriting();
  const auto tickets = SubmitAndCut({"a", "b"});  // one of two is spent
  call().Finish(SeqNumMismatch(1));
  AnswerRead(Records(0, {"a"}));
  call().Accept();
  call().Receive();
  call().Finish(Broken());
  EXPECT_FALSE(tickets[1].done());
  ASSERT_TRUE(clock_->AdvanceToNextTimer());
  call().Accept();
  call().Receive();
  call().Ack(1, 2);
  EXPECT_TRUE(Acked(tickets[1]));
}

TEST_F(ExactlyOnceSettleTest, CountsServersThatForwardAnewAfterIt) {
  MakeWriting();
  const auto tickets = SubmitAndCut({"a", "b"});
  call().Finish(SeqNumMismatch(1));
  AnswerRead(Records(0, {"a"}));
  AppendTicket c = Submit("c");
  call().Accept();
  call().ReceiveAll();
  call().Finish(Leaving(1));  // b may be there; c was not taken
  call().Accept();
  call().ReceiveAll();
  call().Finish(MakeError(ErrorCode::kAuthn, "no"));
  read().Finish(Unwritten(1));
  EXPECT_TRUE(MayHaveEffect(tickets[1]));
  EXPECT_FALSE(MayHaveEffect(c));
}

}  // namespace
}  // namespace s2::internal
