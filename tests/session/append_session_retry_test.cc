// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>

#include "s2/tests/session/append_session_fixture.h"

namespace s2::internal {
namespace {

using ::testing::HasSubstr;
using AppendSessionRetryTest = AppendSessionTest;

// One row of the table of errors each: a stream with a batch in flight ends with it.
class AppendSessionErrorTest : public AppendSessionTest,
                               public ::testing::WithParamInterface<ErrorRow> {};

TEST_P(AppendSessionErrorTest, IsRetriedOrTerminalAsTheTableSays) {
  const ErrorRow& row = GetParam();
  MakeStreaming();
  AppendTicket ticket = Submit("a");
  call().Receive();
  call().Finish(MakeError(row.code, "why"));
  EXPECT_EQ(ticket.done(), !row.retryable);
  EXPECT_EQ(session().status().ok(), row.retryable);
  EXPECT_EQ(clock_->next_timer() - clock_->Now() == absl::Milliseconds(100), row.retryable);
  if (row.retryable) {
    clock_->AdvanceToNextTimer();
    call().Accept();
    EXPECT_EQ(Body(call().Receive()), "a");
    call().Ack(0, 1);
    EXPECT_TRUE(Acked(ticket));
  } else {
    EXPECT_EQ(Code(ticket), row.code);
    EXPECT_EQ(HasNoSideEffects(ticket.Wait().status()), row.no_side_effects);
    EXPECT_EQ(GetErrorCode(session().status()), row.code);
    EXPECT_EQ(calls(), 1);
    EXPECT_EQ(GetErrorCode(session().Close()), row.code);
    EXPECT_EQ(GetErrorCode(session().TrySubmit(MakeBatch("b")).status()), row.code);
  }
}

// The same at the open, before the server accepted: nothing was sent, so nothing had an effect.
TEST_P(AppendSessionErrorTest, AtTheOpenHasNoEffect) {
  const ErrorRow& row = GetParam();
  AppendSessionOptions options;
  options.policy = AppendRetryPolicy::kAtMostOnce;
  Make(options);
  AppendTicket ticket = Submit("a");
  call().Finish(MakeError(row.code, "why"));
  ASSERT_EQ(ticket.done(), !row.retryable);
  if (row.retryable) return;
  EXPECT_TRUE(HasNoSideEffects(ticket.Wait().status()));
}

INSTANTIATE_TEST_SUITE_P(Table, AppendSessionErrorTest, ::testing::ValuesIn(ErrorTable()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_F(AppendSessionRetryTest, RetriesABrokenCallThatCarriesNoCode) {
  for (absl::StatusCode code :
       {absl::StatusCode::kUnavailable, absl::StatusCode::kCancelled, absl::StatusCode::kUnknown,
        absl::StatusCode::kInternal, absl::StatusCode::kDeadlineExceeded,
        absl::StatusCode::kResourceExhausted}) {
    MakeStreaming();
    AppendTicket ticket = Submit("a");
    call().Receive();
    call().Finish(absl::Status(code, "broken"));
    EXPECT_FALSE(ticket.done()) << code;
  }
}

TEST_F(AppendSessionRetryTest, DoesNotTrustACodeUnderAnotherHttpStatus) {
  MakeStreaming();
  AppendTicket ticket = Submit("a");
  call().Receive();
  rpc::v1::ErrorInfo info = GetErrorInfo(MakeError(ErrorCode::kRateLimited, ""));
  info.set_http_status(503);
  call().Finish(MakeError(info, "odd"));
  ASSERT_TRUE(ticket.done());
  EXPECT_FALSE(HasNoSideEffects(ticket.Wait().status()));
}

TEST_F(AppendSessionRetryTest, RetriesAStreamThatTheServerClosedEarly) {
  MakeStreaming();
  AppendTicket ticket = Submit("a");
  call().Receive();
  call().Finish(absl::OkStatus());
  EXPECT_FALSE(ticket.done());
  EXPECT_EQ(GetErrorCode(session().Stats().last_error), ErrorCode::kStreamClosedEarly);
  clock_->AdvanceToNextTimer();
  call().Accept();
  call().Receive();
  call().Ack(0, 1);
  EXPECT_TRUE(Acked(ticket));
}

TEST_F(AppendSessionRetryTest, ResendsEveryUnackedBatchInOrderThenGoesOn) {
  MakeStreaming();
  AppendTicket a = Submit("a");
  Submit("b");
  Submit("c");
  Submit("d");
  for (int i = 0; i < 3; ++i) call().Receive();
  call().TakeWrite();
  call().Ack(0, 1);
  EXPECT_TRUE(Acked(a));
  call().Finish(Broken());
  Submit("e");
  clock_->AdvanceToNextTimer();
  call().Accept();
  for (const char* body : {"b", "c", "d", "e"}) EXPECT_EQ(Body(call().Receive()), body);
  EXPECT_FALSE(call().writing());
}

TEST_F(AppendSessionRetryTest, KeepsTheBoundariesAndConditionsOfABatch) {
  MakeStreaming();
  v1::AppendInput input = MakeBatch("a", 3);
  input.set_match_seq_num(4);
  ASSERT_TRUE(session().Submit(std::move(input)).ok());
  const std::string first = call().Receive().SerializeAsString();
  Reconnect();
  EXPECT_EQ(call().Receive().SerializeAsString(), first);
}

TEST_F(AppendSessionRetryTest, ChecksTheOrderOfAcksAcrossStreams) {
  MakeStreaming();
  Submit("a");
  AppendTicket b = Submit("b");
  call().ReceiveAll();
  call().Ack(9, 10);
  Reconnect();
  call().Receive();
  call().Ack(9, 10);
  EXPECT_EQ(Code(b), ErrorCode::kInvalidAck);
}

TEST_F(AppendSessionRetryTest, AnAckBeforeTheBatchWasSentAgainIsInvalid) {
  MakeStreaming();
  AppendTicket a = Submit("a");
  call().Receive();
  call().Finish(Broken());
  clock_->AdvanceToNextTimer();
  call().Ack(0, 1);
  EXPECT_EQ(Code(a), ErrorCode::kInvalidAck);
}

TEST_F(AppendSessionRetryTest, DoublesThePauseUpToHalfTheLimitForJitterToFit) {
  AppendSessionOptions options;
  options.retry.budget = RetryBudget::Forever();
  Make(options);
  Submit("a");
  for (int ms : {100, 200, 400, 500, 500, 500}) {
    call().Finish(Broken());
    EXPECT_EQ(clock_->next_timer() - clock_->Now(), absl::Milliseconds(ms));
    clock_->AdvanceToNextTimer();
  }
}

TEST_F(AppendSessionRetryTest, AddsJitterOfUpToTheSameAgain) {
  random_ = 0.5;
  Make();
  Submit("a");
  call().Finish(Broken());
  EXPECT_EQ(clock_->next_timer() - clock_->Now(), absl::Milliseconds(150));
}

TEST_F(AppendSessionRetryTest, WaitsAsLongAsTheServerAsks) {
  Make();
  Submit("a");
  rpc::v1::ErrorInfo info = GetErrorInfo(MakeError(ErrorCode::kRateLimited, ""));
  info.mutable_retry_after()->set_seconds(7);
  call().Finish(MakeError(info, "slow down"));
  clock_->Advance(absl::Seconds(7) - absl::Nanoseconds(1));
  EXPECT_EQ(calls(), 1);
  clock_->Advance(absl::Nanoseconds(1));
  EXPECT_EQ(calls(), 2);
}

TEST_F(AppendSessionRetryTest, GivesUpAfterSoManyAttempts) {
  Make();
  AppendTicket ticket = Submit("a");
  for (int attempt = 1; attempt <= 2; ++attempt) {
    call().Finish(Broken());
    clock_->AdvanceToNextTimer();
  }
  EXPECT_FALSE(ticket.done());
  call().Finish(Broken());
  EXPECT_EQ(calls(), 3);
  EXPECT_EQ(Code(ticket), ErrorCode::kServerDisconnected);
  EXPECT_EQ(ticket.Wait().status().message(),
            "append session on s2://basin/stream (3 attempts in 300ms): cut");
  EXPECT_EQ(clock_->timers(), 0);
}

TEST_F(AppendSessionRetryTest, NeverRetriesWithABudgetOfOneAttempt) {
  AppendSessionOptions options;
  options.retry.budget = RetryBudget::Attempts(1);
  Make(options);
  AppendTicket ticket = Submit("a");
  call().Finish(Broken());
  EXPECT_THAT(std::string(ticket.Wait().status().message()), HasSubstr("(1 attempt in 0)"));
}

TEST_F(AppendSessionRetryTest, GivesUpWhenItsTimeIsOver) {
  AppendSessionOptions options;
  options.retry.budget = RetryBudget::Elapsed(absl::Milliseconds(700));
  Make(options);
  AppendTicket ticket = Submit("a");
  for (int i = 0; i < 3; ++i) {
    call().Finish(Broken());
    EXPECT_FALSE(ticket.done());
    clock_->AdvanceToNextTimer();
  }
  call().Finish(Broken());
  EXPECT_TRUE(ticket.done());
  EXPECT_EQ(calls(), 4);
}

TEST_F(AppendSessionRetryTest, GoesOnForAMinuteByDefault) {
  Make(AppendSessionOptions());
  AppendTicket ticket = Submit("a");
  const absl::Time start = clock_->Now();
  call().Finish(Broken());
  while (!ticket.done()) {
    clock_->AdvanceToNextTimer();
    call().Finish(Broken());
  }
  EXPECT_EQ(clock_->Now() - start, absl::Minutes(1));
  EXPECT_EQ(Code(ticket), ErrorCode::kServerDisconnected);
}

TEST_F(AppendSessionRetryTest, TriesForEver) {
  AppendSessionOptions options;
  options.retry.budget = RetryBudget::Forever();
  Make(options);
  AppendTicket ticket = Submit("a");
  for (int i = 0; i < 1000; ++i) {
    call().Finish(Broken());
    clock_->AdvanceToNextTimer();
  }
  EXPECT_FALSE(ticket.done());
  call().Accept();
  call().Receive();
  call().Ack(0, 1);
  EXPECT_TRUE(Acked(ticket));
}

TEST_F(AppendSessionRetryTest, AnAckStartsTheBudgetAnew) {
  MakeStreaming();
  for (int i = 0; i < 100; ++i) Submit("a");
  for (int i = 0; i < 50; ++i) {
    call().Receive();
    call().Ack(i, i + 1);
    call().TakeWrite();
    call().Finish(Broken());
    EXPECT_EQ(clock_->next_timer() - clock_->Now(), absl::Milliseconds(100));
    clock_->AdvanceToNextTimer();
    call().Accept();
  }
  EXPECT_TRUE(session().status().ok());
  call().TakeWrite();
}

TEST_F(AppendSessionRetryTest, AnAcceptedStreamOrAWriteAloneIsNoProgress) {
  MakeStreaming();
  AppendTicket ticket = Submit("a");
  call().Receive();
  Reconnect();
  call().Receive();
  Reconnect();
  call().Receive();
  call().Finish(Broken());
  EXPECT_TRUE(ticket.done());
}

TEST_F(AppendSessionRetryTest, StoresTheErrorBeforeAnyTicketFails) {
  MakeStreaming();
  AppendTicket ticket = Submit("a");
  call().Receive();
  absl::Status seen;
  ticket.OnDone([&](const auto&) { seen = session().status(); });
  call().Finish(MakeError(ErrorCode::kPermissionDenied, "no"));
  RunCallbacks();
  EXPECT_EQ(GetErrorCode(seen), ErrorCode::kPermissionDenied);
}

TEST_F(AppendSessionRetryTest, IgnoresTheSecondOfTwoErrors) {
  MakeStreaming();
  AppendTicket ticket = Submit("a");
  call().Receive();
  clock_->Advance(absl::Seconds(5));
  ASSERT_TRUE(call().cancelled());
  call().Finish(MakeError(ErrorCode::kPermissionDenied, "late"));
  EXPECT_FALSE(ticket.done());
  EXPECT_EQ(GetErrorCode(session().Stats().last_error), ErrorCode::kAckTimeout);
}

TEST_F(AppendSessionRetryTest, DropsAnAckOfAStreamThatItHasGivenUp) {
  MakeStreaming();
  AppendTicket ticket = Submit("a");
  call().Receive();
  FakeAppendCall& old = call();
  clock_->Advance(absl::Seconds(5));
  clock_->AdvanceToNextTimer();
  ASSERT_EQ(calls(), 2);
  old.Ack(0, 1);
  EXPECT_FALSE(ticket.done());
  call().Accept();
  call().Receive();
  old.Finish(absl::CancelledError(""));
  call().Ack(1, 2);
  EXPECT_EQ(ticket.Wait()->start().seq_num(), 1);
}

TEST_F(AppendSessionRetryTest, KeepsAMessageThatAStaleStreamIsStillWriting) {
  MakeStreaming();
  AppendTicket ticket = Submit("a");
  call().TakeWrite();
  FakeAppendCall& old = call();
  clock_->Advance(absl::Seconds(5));
  clock_->AdvanceToNextTimer();
  call().Accept();
  call().Receive();
  call().Ack(0, 1);
  EXPECT_TRUE(Acked(ticket));
  EXPECT_EQ(Body(*old.last_write()), "a");
  old.Finish(absl::CancelledError(""));
  EXPECT_EQ(old.last_write()->records_size(), 0);
}

TEST_F(AppendSessionRetryTest, StopsWritingWhenAWriteFailedAndWaitsForTheError) {
  MakeStreaming();
  Submit("a");
  AppendTicket b = Submit("b");
  call().Receive(false);
  EXPECT_FALSE(call().writing());
  call().Finish(MakeError(ErrorCode::kPermissionDenied, "no"));
  EXPECT_EQ(Code(b), ErrorCode::kPermissionDenied);
}

TEST_F(AppendSessionRetryTest, AnIdleSessionReopensAtTheNextSubmitAtNoCost) {
  AppendSessionOptions options;
  options.retry.budget = RetryBudget::Attempts(1);
  Make(options);
  for (uint64_t i = 0; i < 6; ++i) {
    ASSERT_EQ(calls(), i + 1);
    call().Accept();
    if (i > 0) {
      call().Receive();
      call().Ack(i, i + 1);
    }
    call().Finish(i % 2 == 0 ? absl::OkStatus() : Broken());
    Submit("a");
  }
  EXPECT_TRUE(session().status().ok());
}

TEST_F(AppendSessionRetryTest, AFailedFirstOpenWithNothingToSendIsNoError) {
  Make();
  call().Finish(Broken());
  EXPECT_TRUE(session().status().ok());
  EXPECT_TRUE(session().Flush().ok());
  AppendTicket ticket = Submit("a");
  ASSERT_EQ(calls(), 2);
  call().Accept();
  call().Receive();
  call().Ack(0, 1);
  EXPECT_TRUE(Acked(ticket));
}

TEST_F(AppendSessionRetryTest, ATerminalErrorEndsEvenAnIdleStream) {
  Make();
  call().Finish(MakeError(ErrorCode::kStreamNotFound, "no such stream"));
  EXPECT_EQ(GetErrorCode(session().status()), ErrorCode::kStreamNotFound);
  const absl::Status refused = session().TrySubmit(MakeBatch("a")).status();
  EXPECT_EQ(GetErrorCode(refused), ErrorCode::kStreamNotFound);
  EXPECT_TRUE(HasNoSideEffects(refused));
}

}  // namespace
}  // namespace s2::internal
