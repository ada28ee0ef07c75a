// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>

#include <thread>

#include "absl/strings/match.h"
#include "s2/tests/session/exactly_once_fixture.h"

namespace s2::internal {
namespace {

using ::testing::HasSubstr;

// Batches that go from one kExactlyOnce session to another, and match_seq_num of the caller.
class ExactlyOnceTakeBackTest : public ExactlyOnceTest {
 protected:
  // Fails the session with so many of its batches sent, and takes all back.
  std::vector<UnackedBatch> FailWith(const std::vector<std::string>& bodies, size_t sent) {
    for (const std::string& body : bodies) Submit(body);
    for (size_t i = 0; i < sent; ++i) call().Receive();
    if (call().writing()) call().TakeWrite();
    session().Cancel();
    return session().TakeUnacked();
  }
  void SubmitAgain(std::vector<UnackedBatch> unacked) {
    for (UnackedBatch& batch : unacked) {
      auto ticket = session().TrySubmit(std::move(batch.input));
      ASSERT_TRUE(ticket.ok()) << ticket.status();
      tickets_.push_back(*std::move(ticket));
    }
  }

  // Until a thread waits for room.
  void AwaitWaiter() {
    while (true) {
      const absl::Status full = session().TrySubmit(MakeBatch("x")).status();
      if (absl::StrContains(full.message(), "are waiting")) return;
      std::this_thread::yield();
    }
  }

  std::vector<AppendTicket> tickets_;
};

TEST_F(ExactlyOnceTakeBackTest, WhatMayBeThereHasItsPinTheRestIsAsSubmitted) {
  options_.exactly_once.identity_header = "id";
  MakeFenced(5);
  Submit("a");
  call().Receive();
  call().Finish(Broken());
  Submit("b");
  session().Cancel();
  const std::vector<UnackedBatch> unacked = session().TakeUnacked();
  ASSERT_EQ(unacked.size(), 2);
  EXPECT_TRUE(unacked[0].may_have_effect);
  EXPECT_EQ(unacked[0].input.match_seq_num(), 6);
  EXPECT_EQ(unacked[0].input.records(0).headers_size(), 1);
  EXPECT_FALSE(unacked[0].input.has_fencing_token()) << "it is the session's";
  EXPECT_FALSE(unacked[1].may_have_effect);
  EXPECT_FALSE(unacked[1].input.has_match_seq_num());
  EXPECT_EQ(unacked[1].input.records(0).headers_size(), 0);
}

TEST_F(ExactlyOnceTakeBackTest, AnotherSessionFindsThoseThatLandedAndSendsTheRest) {
  MakeWriting(5);
  std::vector<UnackedBatch> unacked = FailWith({"a", "b"}, 1);
  ASSERT_EQ(unacked.size(), 2);
  EXPECT_EQ(unacked[1].input.match_seq_num(), 6);
  MakeWriting(6);  // a has landed
  SubmitAgain(std::move(unacked));
  AppendTicket c = Submit("c");
  EXPECT_EQ(call().Receive().match_seq_num(), 5);
  EXPECT_EQ(call().Receive().match_seq_num(), 6);
  EXPECT_EQ(call().Receive().match_seq_num(), 7);
  call().Finish(SeqNumMismatch(6));
  EXPECT_EQ(read().request().seq_num(), 5);
  AnswerRead(Records(5, {"a"}));
  ASSERT_TRUE(Acked(tickets_[0]));
  EXPECT_EQ(Start(tickets_[0]), 5);
  call().Accept();
  EXPECT_EQ(call().Receive().match_seq_num(), 6);
  call().Ack(6, 7);
  EXPECT_EQ(call().Receive().match_seq_num(), 7);
  call().Ack(7, 8);
  EXPECT_TRUE(Acked(tickets_[1]));
  EXPECT_TRUE(Acked(c));
}

// A read-back tells nothing of a batch that was submitted after it was asked for.
TEST_F(ExactlyOnceTakeBackTest, OneSubmittedDuringAReadBackIsReadBackInItsTurn) {
  MakeWriting(5);
  std::vector<UnackedBatch> unacked = FailWith({"a", "b"}, 2);
  MakeWriting(7);  // both have landed
  SubmitAgain({unacked[0]});
  EXPECT_EQ(call().Receive().match_seq_num(), 5);
  call().Finish(SeqNumMismatch(7));
  EXPECT_EQ(read().request().seq_num(), 5);
  EXPECT_EQ(read().request().count(), 1);
  SubmitAgain({unacked[1]});
  AnswerRead(Records(5, {"a"}));
  EXPECT_TRUE(Acked(tickets_[0]));
  ASSERT_EQ(reads(), 2);
  EXPECT_EQ(read().request().seq_num(), 6);
  EXPECT_EQ(read().request().count(), 1);
  AnswerRead(Records(6, {"b"}));
  ASSERT_TRUE(Acked(tickets_[1]));
  EXPECT_EQ(Start(tickets_[1]), 6);
  EXPECT_TRUE(session().status().ok());
}

TEST_F(ExactlyOnceTakeBackTest, AFencedOffSessionReadsBackWhatWasSubmittedMeanwhileBeforeItEnds) {
  MakeWriting(5);
  std::vector<UnackedBatch> unacked = FailWith({"a", "b", "c"}, 3);
  MakeFenced(7);  // a and b have landed
  SubmitAgain({unacked[0]});
  call().Receive();
  call().Finish(MakeError(ErrorCode::kFencingTokenMismatch, "another has fenced"));
  SubmitAgain({unacked[1]});
  AnswerRead(Records(5, {"a"}));
  ASSERT_EQ(reads(), 2);
  SubmitAgain({unacked[2]});
  AnswerRead(Records(6, {"b"}));
  ASSERT_EQ(reads(), 3);
  AnswerRead(Records(7, {"the fence"}));
  EXPECT_TRUE(Acked(tickets_[0]));
  EXPECT_TRUE(Acked(tickets_[1]));
  ASSERT_TRUE(tickets_[2].done());
  EXPECT_TRUE(HasNoSideEffects(tickets_[2].Wait().status()));
  EXPECT_EQ(GetErrorCode(session().status()), ErrorCode::kFencingTokenMismatch);
}

// The batch that settling gives room to is not judged by what was read before it had any.
TEST_F(ExactlyOnceTakeBackTest, OneThatFindsRoomDuringAReadBackIsReadBackInItsTurn) {
  MakeWriting(5);
  std::vector<UnackedBatch> unacked = FailWith({"a", "b"}, 2);
  options_.max_unacked_batches = 1;
  MakeWriting(7);  // both have landed
  SubmitAgain({unacked[0]});
  call().Receive();
  call().Finish(SeqNumMismatch(7));
  absl::StatusOr<AppendTicket> b = absl::UnknownError("not submitted");
  std::thread waiter([&] { b = session().Submit(std::move(unacked[1].input)); });
  AwaitWaiter();
  AnswerRead(Records(5, {"a"}));
  waiter.join();
  ASSERT_TRUE(b.ok()) << b.status();
  ASSERT_EQ(reads(), 2);
  EXPECT_EQ(read().request().seq_num(), 6);
  AnswerRead(Records(6, {"b"}));
  ASSERT_TRUE(Acked(*b));
  EXPECT_EQ(Start(*b), 6);
}

TEST_F(ExactlyOnceTakeBackTest, ASessionWithIdentitiesKnowsWhatOneWithoutSent) {
  MakeWriting(5);
  std::vector<UnackedBatch> unacked = FailWith({"a"}, 1);
  options_.exactly_once.identity_header = "id";
  MakeWriting(6);  // it has landed
  SubmitAgain(std::move(unacked));
  call().Receive();
  call().Finish(SeqNumMismatch(6));
  AnswerRead(Records(5, {"a"}));
  EXPECT_TRUE(Acked(tickets_[0]));
}

TEST_F(ExactlyOnceTakeBackTest, AnotherSessionSendsWithTheSamePinWhatHasNotLanded) {
  MakeWriting(5);
  std::vector<UnackedBatch> unacked = FailWith({"a"}, 1);
  MakeWriting(5);
  SubmitAgain(std::move(unacked));
  EXPECT_EQ(call().Receive().match_seq_num(), 5);
  call().Ack(5, 6);
  EXPECT_TRUE(Acked(tickets_[0]));
}

TEST_F(ExactlyOnceTakeBackTest, AFencedSessionFindsWhatIsBeforeItsFence) {
  MakeWriting(5);
  std::vector<UnackedBatch> unacked = FailWith({"a"}, 1);
  MakeFenced(6);
  SubmitAgain(std::move(unacked));
  AppendTicket b = Submit("b");
  const v1::AppendInput a = call().Receive();
  EXPECT_EQ(a.match_seq_num(), 5);
  EXPECT_EQ(a.fencing_token(), token_);
  EXPECT_EQ(call().Receive().match_seq_num(), 7) << "behind the fence";
  call().Finish(SeqNumMismatch(7));
  AnswerRead(Records(5, {"a"}));
  EXPECT_TRUE(Acked(tickets_[0]));
  call().Accept();
  EXPECT_EQ(call().Receive().match_seq_num(), 7);
  call().Ack(7, 8);
  EXPECT_TRUE(Acked(b));
}

TEST_F(ExactlyOnceTakeBackTest, AFencedSessionDoesNotOwnWhatIsBeforeItsFence) {
  MakeWriting(5);
  std::vector<UnackedBatch> unacked = FailWith({"a"}, 1);
  MakeFenced(6);
  SubmitAgain(std::move(unacked));
  call().Receive();
  call().Finish(SeqNumMismatch(7));
  AnswerRead(Records(6, {"x"}));  // a's position was trimmed
  ReceiveLastFence();
  call().Ack(7, 8);
  AnswerRead(Records(6, {"x"}));
  EXPECT_TRUE(MayHaveEffect(tickets_[0]));
}

TEST_F(ExactlyOnceTakeBackTest, OneThatDidNotLandFailsWithoutEffectWhenItsPositionIsTaken) {
  MakeWriting(5);
  std::vector<UnackedBatch> unacked = FailWith({"a"}, 1);
  MakeFenced(5);  // the fence has taken a's position
  SubmitAgain(std::move(unacked));
  call().Receive();
  call().Finish(SeqNumMismatch(6));
  v1::ReadBatch batch;
  *batch.add_records() = Sequenced(5, MakeFenceRecord(token_));
  AnswerRead(batch);
  EXPECT_EQ(Code(tickets_[0]), ErrorCode::kSeqNumMismatch);
  EXPECT_FALSE(MayHaveEffect(tickets_[0]));
}

// b, which another session sent, need not have been sent behind a: its own position tells.
TEST_F(ExactlyOnceTakeBackTest, AForeignRecordDoesNotSpeakForABatchThatBringsItsPin) {
  MakeWriting(8);
  std::vector<AppendTicket> tickets;
  for (const uint64_t pin : {5, 6, 7}) {
    v1::AppendInput input = MakeBatch(std::string(1, static_cast<char>('a' + pin - 5)));
    input.set_match_seq_num(pin);
    tickets.push_back(*session().TrySubmit(std::move(input)));
  }
  AppendTicket d = Submit("d");
  call().ReceiveAll();
  call().Finish(SeqNumMismatch(8));
  AnswerRead(Records(5, {"x", "b", "y"}));
  EXPECT_TRUE(HasNoSideEffects(tickets[0].Wait().status()));
  EXPECT_FALSE(HasNoSideEffects(tickets[1].Wait().status())) << "it stands at 6";
  EXPECT_TRUE(HasNoSideEffects(tickets[2].Wait().status())) << "another stands at 7";
  EXPECT_TRUE(HasNoSideEffects(d.Wait().status()));
}

TEST_F(ExactlyOnceTakeBackTest, ABatchThatBringsItsPinMayHaveBeenSentBefore) {
  Make(options_);
  v1::AppendInput input = MakeBatch("a");
  input.set_match_seq_num(3);
  AppendTicket ticket = *session().TrySubmit(std::move(input));
  call().Finish(MakeError(ErrorCode::kAuthn, "no"));
  EXPECT_TRUE(MayHaveEffect(ticket));
  ASSERT_EQ(session().TakeUnacked().at(0).input.match_seq_num(), 3);
}

TEST_F(ExactlyOnceTakeBackTest, RefusesAPinThatCannotBeAndLeavesTheBatchUntouched) {
  options_.exactly_once.identity_header = "id";
  MakeWriting();
  Submit("a");
  call().Receive();
  v1::AppendInput input = MakeBatch("b");
  input.set_match_seq_num(7);
  for (const SubmitVerb& verb : SubmitVerbs()) {
    const absl::Status status = verb.submit(session(), std::move(input)).status();
    EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid) << verb.name;
    EXPECT_THAT(std::string(status.message()), HasSubstr("match_seq_num is 7")) << verb.name;
    EXPECT_EQ(input.match_seq_num(), 7) << verb.name;
    EXPECT_EQ(input.records(0).headers_size(), 0) << verb.name;
  }
  absl::StatusOr<AppendPermit> permit = session().Reserve(100, absl::InfinitePast());
  ASSERT_TRUE(permit.ok());
  EXPECT_EQ(GetErrorCode(permit->Submit(std::move(input)).status()), ErrorCode::kInvalid);
  EXPECT_EQ(input.match_seq_num(), 7);
  EXPECT_EQ(permit->bytes(), 100) << "it is good still";
  EXPECT_EQ(session().Stats().unacked_batches, 1);
}

TEST_F(ExactlyOnceTakeBackTest, AFencedSessionRefusesAnotherTokenByEachVerb) {
  MakeFenced();
  for (const SubmitVerb& verb : SubmitVerbs()) {
    v1::AppendInput input = MakeBatch("a");
    input.set_fencing_token("another");
    const absl::Status status = verb.submit(session(), std::move(input)).status();
    EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid) << verb.name;
    EXPECT_EQ(input.fencing_token(), "another") << verb.name;
  }
}

TEST_F(ExactlyOnceTakeBackTest, RefusesAPinOfABatchThatWaitedForRoomAndKeepsTheRoom) {
  options_.max_unacked_batches = 1;
  MakeWriting();
  AppendTicket a = Submit("a");
  call().Receive();
  absl::Status status;
  v1::AppendInput input = MakeBatch("b");
  input.set_match_seq_num(7);
  std::thread waiter([&] { status = session().Submit(std::move(input)).status(); });
  AwaitWaiter();
  call().Ack(0, 1);
  waiter.join();
  EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid);
  EXPECT_EQ(input.match_seq_num(), 7);
  Submit("c");
  EXPECT_EQ(Body(call().Receive()), "c");
}

TEST_F(ExactlyOnceTakeBackTest, TheIdentityCountsAsMeteredBytes) {
  options_.exactly_once.identity_header = "id";
  MakeWriting();
  EXPECT_EQ(
      GetErrorCode(session().TrySubmit(MakeBatch(std::string(kMaxBatchBytes - 8, 'x'))).status()),
      ErrorCode::kInvalid);
  absl::StatusOr<AppendPermit> permit = session().Reserve(20, absl::InfinitePast());
  ASSERT_TRUE(permit.ok());
  EXPECT_EQ(GetErrorCode(permit->Submit(MakeBatch("a")).status()), ErrorCode::kInvalid);
}

}  // namespace
}  // namespace s2::internal
