// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>

#include "s2/tests/session/append_session_fixture.h"

namespace s2::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class AppendSessionCloseTest : public AppendSessionTest {
 protected:
  // Begins to close; the result comes in closed_.
  void CloseAsync(absl::Time deadline = absl::InfiniteFuture()) {
    session().CloseAsync(deadline, [this](absl::Status s) { closed_.push_back(std::move(s)); });
  }
  // The result of all CloseAsync calls so far; they must have ended alike.
  std::optional<absl::Status> closed() {
    RunCallbacks();
    for (const absl::Status& s : closed_) EXPECT_EQ(s, closed_[0]);
    return closed_.empty() ? std::nullopt : std::optional(closed_[0]);
  }

  std::vector<absl::Status> closed_;
};

TEST_F(AppendSessionCloseTest, WithNothingUnackedItHalfClosesAndEndsAtOnce) {
  MakeStreaming();
  EXPECT_TRUE(session().Close().ok());
  EXPECT_TRUE(call().half_closed());
  EXPECT_FALSE(call().cancelled());
  EXPECT_TRUE(session().status().ok());
  call().Finish(absl::OkStatus());
  EXPECT_EQ(clock_->timers(), 0);
}

TEST_F(AppendSessionCloseTest, CancelsAStreamThatWasNeverAccepted) {
  Make();
  EXPECT_TRUE(session().Close().ok());
  EXPECT_TRUE(call().cancelled());
}

TEST_F(AppendSessionCloseTest, CancelsAStreamThatTheServerDoesNotEnd) {
  MakeStreaming();
  EXPECT_TRUE(session().Close().ok());
  clock_->Advance(absl::Seconds(5));
  EXPECT_TRUE(call().cancelled());
}

TEST_F(AppendSessionCloseTest, WaitsForEveryAck) {
  MakeStreaming();
  AppendTicket a = Submit("a");
  AppendTicket b = Submit("b");
  CloseAsync();
  call().ReceiveAll();
  EXPECT_FALSE(call().half_closed());
  call().Ack(0, 1);
  EXPECT_EQ(closed(), std::nullopt);
  call().Ack(1, 2);
  EXPECT_EQ(closed(), absl::OkStatus());
  EXPECT_TRUE(Acked(a));
  EXPECT_TRUE(Acked(b));
  EXPECT_TRUE(call().half_closed());
}

TEST_F(AppendSessionCloseTest, WaitsForTheEndOfAWriteWhoseAckHasCome) {
  MakeStreaming();
  Submit("a");
  call().TakeWrite();
  CloseAsync();
  call().Ack(0, 1);
  EXPECT_FALSE(call().half_closed());
  EXPECT_EQ(closed(), std::nullopt);
  call().CompleteWrite();
  EXPECT_TRUE(call().half_closed());
  EXPECT_EQ(closed(), absl::OkStatus());
}

TEST_F(AppendSessionCloseTest, AStuckWriteWhoseAckHasComeDoesNotSpoilTheEnd) {
  MakeStreaming();
  Submit("a");
  call().TakeWrite();
  CloseAsync(clock_->Now() + absl::Seconds(1));
  call().Ack(0, 1);
  clock_->Advance(absl::Seconds(1));
  EXPECT_EQ(closed(), absl::OkStatus());
}

TEST_F(AppendSessionCloseTest, TakesNoMoreBatches) {
  MakeStreaming();
  Submit("a");
  CloseAsync();
  const absl::Status closing = session().TrySubmit(MakeBatch("b")).status();
  EXPECT_EQ(GetErrorCode(closing), ErrorCode::kSessionClosing);
  EXPECT_EQ(GetErrorCode(session().Reserve(100).status()), ErrorCode::kSessionClosing);
  call().Receive();
  call().Ack(0, 1);
  v1::AppendInput input = MakeBatch("c");
  EXPECT_EQ(GetErrorCode(session().Submit(std::move(input)).status()), ErrorCode::kSessionClosed);
  EXPECT_EQ(Body(input), "c");
}

TEST_F(AppendSessionCloseTest, SeesARetryThrough) {
  MakeStreaming();
  AppendTicket ticket = Submit("a");
  call().Receive();
  call().Finish(Broken());
  CloseAsync();
  EXPECT_EQ(closed(), std::nullopt);
  clock_->AdvanceToNextTimer();
  call().Accept();
  call().Receive();
  call().Ack(0, 1);
  EXPECT_EQ(closed(), absl::OkStatus());
  EXPECT_TRUE(Acked(ticket));
}

TEST_F(AppendSessionCloseTest, ReturnsTheErrorOfARetryThatFails) {
  MakeStreaming();
  AppendTicket ticket = Submit("a");
  call().Receive();
  CloseAsync();
  for (int i = 0; i < 2; ++i) {
    call().Finish(Broken());
    clock_->AdvanceToNextTimer();
  }
  call().Finish(Broken());
  EXPECT_EQ(GetErrorCode(*closed()), ErrorCode::kServerDisconnected);
  EXPECT_EQ(Code(ticket), ErrorCode::kServerDisconnected);
}

TEST_F(AppendSessionCloseTest, GivesUpAtItsDeadline) {
  MakeStreaming();
  AppendTicket ticket = Submit("a");
  call().Receive();
  CloseAsync(clock_->Now() + absl::Seconds(2));
  clock_->Advance(absl::Milliseconds(1999));
  EXPECT_EQ(closed(), std::nullopt);
  clock_->Advance(absl::Milliseconds(1));
  EXPECT_EQ(GetErrorCode(*closed()), ErrorCode::kCloseTimeout);
  EXPECT_EQ(Code(ticket), ErrorCode::kCloseTimeout);
  EXPECT_FALSE(HasNoSideEffects(ticket.Wait().status()));
  EXPECT_TRUE(call().cancelled());
  EXPECT_EQ(session().TakeUnacked().size(), 1);
}

TEST_F(AppendSessionCloseTest, GivesUpAtItsDeadlineInAPauseBetweenAttempts) {
  AppendSessionOptions options;
  options.retry.budget = RetryBudget::Forever();
  Make(options);
  AppendTicket ticket = Submit("a");
  call().Finish(Broken());
  CloseAsync(clock_->Now() + absl::Milliseconds(50));
  clock_->Advance(absl::Milliseconds(50));
  EXPECT_EQ(GetErrorCode(*closed()), ErrorCode::kCloseTimeout);
  EXPECT_TRUE(HasNoSideEffects(ticket.Wait().status()));
  EXPECT_EQ(clock_->timers(), 0);
}

TEST_F(AppendSessionCloseTest, DoesNotBlockWithADeadlineInThePast) {
  MakeStreaming();
  AppendTicket ticket = Submit("a");
  call().Receive();
  EXPECT_EQ(GetErrorCode(session().Close(absl::InfinitePast())), ErrorCode::kCloseTimeout);
  EXPECT_EQ(Code(ticket), ErrorCode::kCloseTimeout);
  EXPECT_EQ(GetErrorCode(session().Close()), ErrorCode::kCloseTimeout);
}

TEST_F(AppendSessionCloseTest, OfManyTheFirstDeadlineCountsAndAllHearTheSame) {
  MakeStreaming();
  Submit("a");
  call().Receive();
  CloseAsync(clock_->Now() + absl::Seconds(3));
  CloseAsync(clock_->Now() + absl::Seconds(1));
  CloseAsync(clock_->Now() + absl::Seconds(2));
  CloseAsync();
  clock_->Advance(absl::Seconds(1));
  EXPECT_EQ(GetErrorCode(*closed()), ErrorCode::kCloseTimeout);
  EXPECT_EQ(closed_.size(), 4);
  CloseAsync();
  EXPECT_EQ(GetErrorCode(*closed()), ErrorCode::kCloseTimeout);
}

TEST_F(AppendSessionCloseTest, AgainReturnsTheSame) {
  MakeStreaming();
  EXPECT_TRUE(session().Close().ok());
  EXPECT_TRUE(session().Close().ok());
  CloseAsync();
  EXPECT_EQ(closed(), absl::OkStatus());
  session().Cancel();
  EXPECT_TRUE(session().status().ok()) << "it had ended";
}

TEST_F(AppendSessionCloseTest, AfterAFailureReturnsThatFailure) {
  MakeStreaming();
  call().Finish(MakeError(ErrorCode::kPermissionDenied, "no"));
  EXPECT_EQ(GetErrorCode(session().Close()), ErrorCode::kPermissionDenied);
}

TEST_F(AppendSessionCloseTest, OfAnIdleSessionIsClean) {
  MakeStreaming();
  call().Finish(absl::OkStatus());
  EXPECT_TRUE(session().Close().ok());
  EXPECT_EQ(calls(), 1);
}

TEST_F(AppendSessionCloseTest, CancelFailsWhatIsUnacked) {
  MakeStreaming();
  AppendTicket ticket = Submit("a");
  call().Receive();
  session().Cancel();
  EXPECT_EQ(Code(ticket), ErrorCode::kSessionDropped);
  EXPECT_FALSE(HasNoSideEffects(ticket.Wait().status()));
  EXPECT_TRUE(call().cancelled());
  EXPECT_EQ(session().TakeUnacked().size(), 1);
  EXPECT_EQ(GetErrorCode(session().Close()), ErrorCode::kSessionDropped);
}

TEST_F(AppendSessionCloseTest, DestructionFailsWhatIsUnackedAndStopsEverything) {
  MakeStreaming();
  AppendTicket written = Submit("a");
  AppendTicket queued = Submit("b");
  call().TakeWrite();
  session_.reset();
  EXPECT_EQ(Code(written), ErrorCode::kSessionDropped);
  EXPECT_FALSE(HasNoSideEffects(written.Wait().status()));
  EXPECT_EQ(Code(queued), ErrorCode::kSessionDropped);
  EXPECT_TRUE(HasNoSideEffects(queued.Wait().status()));
  EXPECT_TRUE(call().cancelled());
  EXPECT_EQ(clock_->timers(), 0);
  EXPECT_EQ(Body(*call().last_write()), "a") << "gRPC may still read it";
  call().Finish(absl::CancelledError(""));
}

TEST_F(AppendSessionCloseTest, DestructionInAPauseBetweenAttemptsStopsTheRetry) {
  Make();
  Submit("a");
  call().Finish(Broken());
  session_.reset();
  EXPECT_EQ(clock_->timers(), 0);
  EXPECT_EQ(calls(), 1);
}

TEST_F(AppendSessionCloseTest, FlushWaitsForAllSubmittedBeforeAndTheSessionGoesOn) {
  MakeStreaming();
  std::vector<std::string> flushed;
  const auto flush = [&](const char* name) {
    session().FlushAsync(absl::InfiniteFuture(), [&flushed, name](absl::Status s) {
      EXPECT_TRUE(s.ok()) << s;
      flushed.push_back(name);
    });
  };
  flush("nothing");
  RunCallbacks();
  EXPECT_THAT(flushed, ElementsAre("nothing"));
  Submit("a");
  flush("a");
  flush("a again");
  Submit("b");
  flush("b");
  call().ReceiveAll();
  RunCallbacks();
  EXPECT_EQ(flushed.size(), 1);
  call().Ack(0, 1);
  RunCallbacks();
  EXPECT_THAT(flushed, ElementsAre("nothing", "a", "a again"));
  call().Ack(1, 2);
  EXPECT_TRUE(session().Flush().ok());
  RunCallbacks();
  EXPECT_EQ(flushed.back(), "b");
  Submit("c");
  call().Receive();
}

TEST_F(AppendSessionCloseTest, FlushSeesARetryThrough) {
  MakeStreaming();
  Submit("a");
  call().Receive();
  std::optional<absl::Status> flushed;
  session().FlushAsync(absl::InfiniteFuture(), [&](absl::Status s) { flushed = s; });
  Reconnect();
  call().Receive();
  RunCallbacks();
  EXPECT_FALSE(flushed.has_value());
  call().Ack(0, 1);
  RunCallbacks();
  EXPECT_EQ(flushed, absl::OkStatus());
}

TEST_F(AppendSessionCloseTest, FlushFailsWithTheSession) {
  MakeStreaming();
  Submit("a");
  call().Receive();
  absl::Status flushed;
  session().FlushAsync(absl::InfiniteFuture(), [&](absl::Status s) { flushed = s; });
  call().Finish(MakeError(ErrorCode::kPermissionDenied, "no"));
  RunCallbacks();
  EXPECT_EQ(GetErrorCode(flushed), ErrorCode::kPermissionDenied);
  EXPECT_EQ(GetErrorCode(session().Flush()), ErrorCode::kPermissionDenied);
  session().TakeUnacked();
  session().FlushAsync(absl::InfiniteFuture(), [&](absl::Status s) { flushed = s; });
  RunCallbacks();
  EXPECT_EQ(GetErrorCode(flushed), ErrorCode::kPermissionDenied);
}

TEST_F(AppendSessionCloseTest, FlushDoesNotBlockWithADeadlineInThePast) {
  MakeStreaming();
  Submit("a");
  call().Receive();
  const absl::Status status = session().Flush(absl::InfinitePast());
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(status.message()), HasSubstr("1 batches"));
  EXPECT_TRUE(session().status().ok());
  absl::Status flushed;
  session().FlushAsync(absl::InfinitePast(), [&](absl::Status s) { flushed = s; });
  RunCallbacks();
  EXPECT_EQ(flushed, status);
}

TEST_F(AppendSessionCloseTest, FlushAsyncGivesUpAtItsDeadlineAndTheSessionGoesOn) {
  AppendSessionOptions options;
  options.ack_timeout = absl::Minutes(1);
  MakeStreaming(options);
  std::vector<std::string> flushed;
  const auto flush = [&](const char* name, absl::Duration within) {
    session().FlushAsync(clock_->Now() + within, [&flushed, name](absl::Status s) {
      flushed.push_back(absl::StrCat(name, " ", absl::StatusCodeToString(s.code())));
    });
  };
  AppendTicket a = Submit("a");
  flush("late", absl::Seconds(3));
  flush("first", absl::Seconds(1));
  Submit("b");
  flush("second", absl::Seconds(2));
  call().ReceiveAll();
  clock_->Advance(absl::Seconds(1));
  RunCallbacks();
  EXPECT_THAT(flushed, ElementsAre("first DEADLINE_EXCEEDED"));
  clock_->Advance(absl::Seconds(1));
  RunCallbacks();
  EXPECT_THAT(flushed, ElementsAre("first DEADLINE_EXCEEDED", "second DEADLINE_EXCEEDED"));
  call().Ack(0, 1);
  EXPECT_TRUE(Acked(a));
  RunCallbacks();
  EXPECT_EQ(flushed.size(), 3);
  EXPECT_EQ(flushed.back(), "late OK");
  clock_->Advance(absl::Seconds(10));
  RunCallbacks();
  EXPECT_EQ(flushed.size(), 3) << "each once";
  EXPECT_TRUE(session().status().ok());
  call().Ack(1, 2);
}

TEST_F(AppendSessionCloseTest, ADeadlineOfAFlushDoesNotEndACloseThatHasTime) {
  AppendSessionOptions options;
  options.ack_timeout = absl::Minutes(1);
  MakeStreaming(options);
  Submit("a");
  call().Receive();
  absl::Status flushed;
  std::optional<absl::Status> closed;
  session().FlushAsync(clock_->Now() + absl::Seconds(1), [&](absl::Status s) { flushed = s; });
  session().CloseAsync(clock_->Now() + absl::Seconds(2), [&](absl::Status s) { closed = s; });
  clock_->Advance(absl::Seconds(1));
  RunCallbacks();
  EXPECT_EQ(flushed.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_FALSE(closed.has_value());
  clock_->Advance(absl::Seconds(1));
  RunCallbacks();
  ASSERT_TRUE(closed.has_value());
  EXPECT_EQ(GetErrorCode(*closed), ErrorCode::kCloseTimeout);
}

}  // namespace
}  // namespace s2::internal
