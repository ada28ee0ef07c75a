// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/session/append_session_fixture.h"

namespace s2::internal {
namespace {

using AppendSessionTimeoutsTest = AppendSessionTest;

TEST_F(AppendSessionTimeoutsTest, AServerThatNeverAnswersTheOpenIsGivenUp) {
  Make();
  AppendTicket ticket = Submit("a");
  clock_->Advance(absl::Milliseconds(4999));
  EXPECT_FALSE(call().cancelled());
  clock_->Advance(absl::Milliseconds(1));
  EXPECT_TRUE(call().cancelled());
  EXPECT_EQ(GetErrorCode(session().Stats().last_error), ErrorCode::kOpenTimeout);
  clock_->Advance(absl::Milliseconds(100));
  EXPECT_EQ(calls(), 2);
  clock_->Advance(absl::Seconds(20));
  EXPECT_EQ(calls(), 3);
  EXPECT_EQ(Code(ticket), ErrorCode::kOpenTimeout);
  EXPECT_TRUE(HasNoSideEffects(ticket.Wait().status()));
}

TEST_F(AppendSessionTimeoutsTest, OnlySilenceIsHeldAgainstTheConnection) {
  Make();
  Submit("a");
  clock_->Advance(absl::Seconds(5));
  EXPECT_TRUE(call().abandoned()) << "no answer to the open";
  clock_->Advance(absl::Milliseconds(100));
  call().Accept();
  call().Receive();
  clock_->Advance(absl::Seconds(5));
  EXPECT_TRUE(call().abandoned()) << "no ack";
  clock_->Advance(absl::Milliseconds(200));
  call().Accept();
  call().Receive();
  call().Ack(5, 7);
  EXPECT_TRUE(call().cancelled());
  EXPECT_FALSE(call().abandoned()) << "a bad ack";
}

TEST_F(AppendSessionTimeoutsTest, AnAcceptAfterTheOpenTimeoutIsDropped) {
  Make();
  Submit("a");
  clock_->Advance(absl::Seconds(5));
  call().Accept();
  EXPECT_FALSE(call().writing());
}

TEST_F(AppendSessionTimeoutsTest, AMissingAckIsNoticed) {
  MakeStreaming();
  Submit("a");
  call().Receive();
  clock_->Advance(absl::Milliseconds(4999));
  EXPECT_FALSE(call().cancelled());
  clock_->Advance(absl::Milliseconds(1));
  EXPECT_TRUE(call().cancelled());
  EXPECT_EQ(GetErrorCode(session().Stats().last_error), ErrorCode::kAckTimeout);
}

TEST_F(AppendSessionTimeoutsTest, TheWaitForAnAckBeginsAtTheEndOfTheWrite) {
  MakeStreaming();
  Submit("a");
  clock_->Advance(absl::Seconds(4));
  call().Receive();
  clock_->Advance(absl::Milliseconds(4999));
  EXPECT_FALSE(call().cancelled());
  clock_->Advance(absl::Milliseconds(1));
  EXPECT_TRUE(call().cancelled());
}

TEST_F(AppendSessionTimeoutsTest, EachAckGivesTheNextOneItsOwnTime) {
  MakeStreaming();
  for (int i = 0; i < 5; ++i) Submit("a");
  call().ReceiveAll();
  for (int i = 0; i < 5; ++i) {
    clock_->Advance(absl::Milliseconds(4900));
    EXPECT_FALSE(call().cancelled());
    call().Ack(i, i + 1);
  }
  clock_->Advance(absl::Hours(1));
  EXPECT_FALSE(call().cancelled()) << "nothing is unacked";
}

TEST_F(AppendSessionTimeoutsTest, AStuckWriteIsNoticed) {
  MakeStreaming();
  Submit("a");
  call().TakeWrite();
  clock_->Advance(absl::Seconds(5));
  EXPECT_TRUE(call().cancelled());
  EXPECT_EQ(GetErrorCode(session().Stats().last_error), ErrorCode::kAckTimeout);
}

// No FIN, packets gone, while the application goes on submitting: acks stop, then writes.
TEST_F(AppendSessionTimeoutsTest, APeerThatVanishedUnderHeavyWritesIsNoticed) {
  MakeStreaming();
  for (int i = 0; i < 100; ++i) {
    Submit("a");
    call().Receive();
    clock_->Advance(absl::Milliseconds(40));
  }
  EXPECT_FALSE(call().cancelled());
  Submit("a");
  call().TakeWrite();
  clock_->Advance(absl::Seconds(1));
  EXPECT_TRUE(call().cancelled());
}

TEST_F(AppendSessionTimeoutsTest, AWriteThatIsStuckThoughAcksStillComeIsNoticed) {
  MakeStreaming();
  for (int i = 0; i < 6; ++i) Submit("a");
  for (int i = 0; i < 5; ++i) call().Receive();
  call().TakeWrite();
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(call().cancelled());
    clock_->Advance(absl::Seconds(1));
    if (i < 4) call().Ack(i, i + 1);
  }
  EXPECT_TRUE(call().cancelled());
}

TEST_F(AppendSessionTimeoutsTest, AnAckAfterItsTimeoutIsDropped) {
  MakeStreaming();
  AppendTicket ticket = Submit("a");
  call().Receive();
  clock_->Advance(absl::Seconds(5));
  call().Ack(0, 1);
  EXPECT_FALSE(ticket.done());
}

TEST_F(AppendSessionTimeoutsTest, AResendHasItsOwnTime) {
  MakeStreaming();
  Submit("a");
  call().Receive();
  clock_->Advance(absl::Milliseconds(4900));
  Reconnect();
  call().Receive();
  clock_->Advance(absl::Milliseconds(4900));
  EXPECT_FALSE(call().cancelled());
  clock_->Advance(absl::Milliseconds(100));
  EXPECT_TRUE(call().cancelled());
}

TEST_F(AppendSessionTimeoutsTest, ACongestedLinkIsNotADeadOne) {
  MakeStreaming();
  for (int i = 0; i < 10; ++i) Submit("a");
  for (int i = 0; i < 10; ++i) {
    clock_->Advance(absl::Seconds(4));
    call().Receive();
    call().Ack(i, i + 1);
  }
  EXPECT_FALSE(call().cancelled());
}

TEST_F(AppendSessionTimeoutsTest, AnIdleSessionArmsNoTimer) {
  MakeStreaming();
  clock_->Advance(absl::Hours(1));
  EXPECT_EQ(clock_->timers(), 0);
  EXPECT_FALSE(call().cancelled());
}

TEST_F(AppendSessionTimeoutsTest, ABusySessionHasOneTimer) {
  MakeStreaming();
  for (int i = 0; i < 100; ++i) {
    Submit("a");
    call().Receive();
    clock_->Advance(absl::Milliseconds(100));
    call().Ack(i, i + 1);
    EXPECT_LE(clock_->timers(), 1);
  }
}

TEST_F(AppendSessionTimeoutsTest, AnInfiniteTimeoutNeverFires) {
  AppendSessionOptions options;
  options.open_timeout = options.ack_timeout = absl::InfiniteDuration();
  Make(options);
  Submit("a");
  EXPECT_EQ(clock_->timers(), 0);
  call().Accept();
  call().Receive();
  EXPECT_EQ(clock_->timers(), 0);
}

}  // namespace
}  // namespace s2::internal
