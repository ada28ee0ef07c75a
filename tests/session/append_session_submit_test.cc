// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>

#include "s2/tests/session/append_session_fixture.h"

namespace s2::internal {
namespace {

using ::testing::HasSubstr;
using AppendSessionSubmitTest = AppendSessionTest;

TEST_F(AppendSessionSubmitTest, OpensTheFirstStreamAtOnce) {
  Make();
  EXPECT_EQ(calls(), 1);
  EXPECT_TRUE(call().reading());
}

TEST_F(AppendSessionSubmitTest, WritesNothingBeforeTheServerAccepted) {
  Make();
  Submit("a");
  EXPECT_FALSE(call().writing());
  call().Accept();
  EXPECT_EQ(Body(call().Receive()), "a");
}

TEST_F(AppendSessionSubmitTest, ResolvesATicketWithItsAck) {
  MakeStreaming();
  AppendTicket ticket = Submit("a");
  call().Receive();
  EXPECT_FALSE(ticket.done());
  call().Ack(7, 8);
  ASSERT_TRUE(Acked(ticket));
  EXPECT_EQ(ticket.Wait()->start().seq_num(), 7);
  EXPECT_EQ(ticket.Wait()->end().seq_num(), 8);
  EXPECT_TRUE(call().reading());
}

TEST_F(AppendSessionSubmitTest, WritesOneBatchAtATimeInOrder) {
  MakeStreaming();
  for (const char* body : {"a", "b", "c"}) Submit(body);
  EXPECT_EQ(Body(call().Receive()), "a");
  EXPECT_EQ(Body(call().Receive()), "b");
  EXPECT_EQ(Body(call().Receive()), "c");
  EXPECT_FALSE(call().writing());
}

TEST_F(AppendSessionSubmitTest, CorksAWriteOnlyWhenAnotherFollows) {
  MakeStreaming();
  Submit("a");
  EXPECT_FALSE(call().more_follows());
  Submit("b");
  Submit("c");
  call().Receive();
  EXPECT_TRUE(call().more_follows());
  call().Receive();
  EXPECT_FALSE(call().more_follows());
  call().Receive();
}

TEST_F(AppendSessionSubmitTest, TakesAnAckThatComesBeforeTheEndOfItsWrite) {
  MakeStreaming();
  AppendTicket ticket = Submit("a");
  Submit("b");
  call().TakeWrite();
  call().Ack(0, 1);
  EXPECT_TRUE(Acked(ticket));
  EXPECT_EQ(Body(*call().last_write()), "a") << "gRPC may still read it";
  call().CompleteWrite();
  EXPECT_EQ(Body(call().Receive()), "b");
  EXPECT_EQ(session().Stats().acked_batches, 1);
}

TEST_F(AppendSessionSubmitTest, FreesAMessageWhenItIsWrittenAndAckedThoughItsTicketLives) {
  MakeStreaming();
  AppendTicket ticket = Submit("a");
  call().Receive();
  const v1::AppendInput* message = call().last_write();
  EXPECT_EQ(message->records_size(), 1);
  call().Ack(0, 1);
  EXPECT_EQ(message->records_size(), 0);
  AppendTicket second = Submit("b");
  call().TakeWrite();
  message = call().last_write();
  call().Ack(1, 2);
  EXPECT_EQ(message->records_size(), 1);
  call().CompleteWrite();
  EXPECT_EQ(message->records_size(), 0);
}

TEST_F(AppendSessionSubmitTest, EachVerbRefusesABadBatchAndLeavesItUntouched) {
  const struct {
    v1::AppendInput input;
    std::string why;
  } kRows[] = {
      {v1::AppendInput(), "records has 0 records"},
      {MakeInput({MakeRecord(std::string(kMaxBatchBytes, 'x'))}), "1048584"},
      {MakeBatch("a", 1001), "records has 1001 records"},
  };
  MakeStreaming();
  for (const SubmitVerb& verb : SubmitVerbs()) {
    for (const auto& row : kRows) {
      v1::AppendInput input = row.input;
      const absl::Status status = verb.submit(session(), std::move(input)).status();
      EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid) << verb.name;
      EXPECT_THAT(std::string(status.message()), HasSubstr(row.why)) << verb.name;
      EXPECT_EQ(input.SerializeAsString(), row.input.SerializeAsString()) << verb.name;
      EXPECT_EQ(session().Stats().unacked_batches, 0) << verb.name;
    }
  }
}

TEST_F(AppendSessionSubmitTest, EachVerbTakesAGoodBatchAndNoneAfterTheEnd) {
  MakeStreaming();
  for (const SubmitVerb& verb : SubmitVerbs()) {
    EXPECT_TRUE(verb.submit(session(), MakeBatch(verb.name)).ok()) << verb.name;
    EXPECT_EQ(Body(call().Receive()), verb.name);
  }
  session().Cancel();
  for (const SubmitVerb& verb : SubmitVerbs()) {
    v1::AppendInput input = MakeBatch("late");
    const absl::Status status = verb.submit(session(), std::move(input)).status();
    EXPECT_EQ(GetErrorCode(status), ErrorCode::kSessionDropped) << verb.name;
    EXPECT_TRUE(HasNoSideEffects(status)) << verb.name;
    EXPECT_EQ(Body(input), "late") << verb.name;
  }
}

TEST_F(AppendSessionSubmitTest, TakesABatchOfExactlyTheLargestSize) {
  MakeStreaming();
  v1::AppendInput input = MakeInput({MakeRecord(std::string(kMaxBatchBytes - 8, 'x'))});
  EXPECT_TRUE(session().Submit(std::move(input)).ok());
  call().Receive();
}

TEST_F(AppendSessionSubmitTest, KeepsConditionsOfABatch) {
  MakeStreaming();
  v1::AppendInput input = MakeBatch("a");
  input.set_match_seq_num(5);
  input.set_fencing_token("token");
  ASSERT_TRUE(session().Submit(std::move(input)).ok());
  const v1::AppendInput written = call().Receive();
  EXPECT_EQ(written.match_seq_num(), 5);
  EXPECT_EQ(written.fencing_token(), "token");
}

TEST_F(AppendSessionSubmitTest, ValidatesItsOptions) {
  AppendSessionOptions options;
  EXPECT_TRUE(Validate(options).ok());
  options.max_unacked_bytes = kMaxBatchBytes;
  options.ack_timeout = options.open_timeout = absl::Milliseconds(1);
  EXPECT_TRUE(Validate(options).ok());
  --options.max_unacked_bytes;
  EXPECT_THAT(std::string(Validate(options).message()),
              HasSubstr("max_unacked_bytes is 1048575; the least is 1048576"));
  options = {};
  options.ack_timeout = absl::ZeroDuration();
  EXPECT_THAT(std::string(Validate(options).message()),
              HasSubstr("ack_timeout is 0; the least is 1ms"));
  options = {};
  options.open_timeout = absl::Microseconds(999);
  EXPECT_THAT(std::string(Validate(options).message()),
              HasSubstr("open_timeout is 999us; the least is 1ms"));
  options = {};
  options.retry.budget.max_attempts = 0;
  EXPECT_EQ(GetErrorCode(Validate(options)), ErrorCode::kInvalid);
}

// Acks that cannot be true. The batches before were [.., 10); the head has 2 records and, in one
// row, a match_seq_num of 10.
struct BadAck {
  const char* name;
  v1::AppendAck ack;
  const char* why;
};

class AppendSessionBadAckTest : public AppendSessionTest,
                                public ::testing::WithParamInterface<BadAck> {};

v1::AppendAck WithTail(v1::AppendAck ack, uint64_t tail) {
  ack.mutable_tail()->set_seq_num(tail);
  return ack;
}

v1::AppendAck WithoutEnd(v1::AppendAck ack) {
  ack.clear_end();
  return ack;
}

v1::AppendAck WithoutStart(v1::AppendAck ack) {
  ack.clear_start();
  return ack;
}

TEST_P(AppendSessionBadAckTest, EndsTheSession) {
  MakeStreaming();
  AppendTicket before = Submit("before");
  call().Receive();
  call().Ack(9, 10);
  v1::AppendInput input = MakeBatch("head", 2);
  input.set_match_seq_num(10);
  AppendTicket head = *session().Submit(std::move(input));
  AppendTicket behind = Submit("behind");
  call().Receive();
  call().Ack(GetParam().ack);
  EXPECT_TRUE(Acked(before));
  EXPECT_EQ(Code(head), ErrorCode::kInvalidAck);
  EXPECT_THAT(std::string(head.Wait().status().message()), HasSubstr(GetParam().why));
  EXPECT_FALSE(HasNoSideEffects(head.Wait().status()));
  EXPECT_EQ(Code(behind), ErrorCode::kInvalidAck);
  EXPECT_EQ(GetErrorCode(session().status()), ErrorCode::kInvalidAck);
  EXPECT_TRUE(call().cancelled());
  EXPECT_EQ(calls(), 1);
  call().TakeWrite();
}

INSTANTIATE_TEST_SUITE_P(
    All, AppendSessionBadAckTest,
    ::testing::Values(
        BadAck{"too_few_records", MakeAck(10, 11), "[10, 11); the batch has 2 records"},
        BadAck{"too_many_records", MakeAck(10, 13), "[10, 13); the batch has 2 records"},
        BadAck{"end_before_start", MakeAck(12, 10), "[12, 10)"},
        BadAck{"before_the_previous_end", MakeAck(9, 11), "ended at 10"},
        BadAck{"not_at_match_seq_num", MakeAck(11, 13), "match_seq_num is 10"},
        BadAck{"tail_before_end", WithTail(MakeAck(10, 12), 11), "tail is 11"},
        BadAck{"no_end", WithoutEnd(MakeAck(10, 12)), "missing"},
        BadAck{"no_start", WithoutStart(MakeAck(10, 12)), "missing"}),
    [](const auto& info) { return info.param.name; });

TEST_F(AppendSessionSubmitTest, AnAckThatNoBatchIsWaitingForEndsTheSession) {
  MakeStreaming();
  call().Ack(0, 1);
  EXPECT_EQ(GetErrorCode(session().status()), ErrorCode::kInvalidAck);
}

TEST_F(AppendSessionSubmitTest, TakesAcksWithGapsBecauseOthersWriteToo) {
  MakeStreaming();
  AppendTicket a = Submit("a");
  AppendTicket b = Submit("b");
  call().ReceiveAll();
  call().Ack(10, 11);
  call().Ack(100, 101);
  EXPECT_TRUE(Acked(a));
  EXPECT_TRUE(Acked(b));
}

TEST_F(AppendSessionSubmitTest, TakesAnAckWithoutTail) {
  MakeStreaming();
  AppendTicket a = Submit("a");
  call().Receive();
  v1::AppendAck ack = MakeAck(0, 1);
  ack.clear_tail();
  call().Ack(ack);
  EXPECT_TRUE(Acked(a));
}

}  // namespace
}  // namespace s2::internal
