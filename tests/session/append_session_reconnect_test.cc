// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/session/append_session_fixture.h"

namespace s2::internal {
namespace {

using AppendSessionReconnectTest = AppendSessionTest;

TEST_F(AppendSessionReconnectTest, MovesAtOnceAndSpendsNoTry) {
  AppendSessionOptions options;
  options.retry.budget = RetryBudget::Attempts(1);
  MakeStreaming(options);
  AppendTicket ticket = Submit("a");
  call().Receive();
  call().Finish(Leaving(0));
  ASSERT_EQ(calls(), 2);
  call().Accept();
  EXPECT_EQ(Body(call().Receive()), "a");
  call().Ack(0, 1);
  EXPECT_TRUE(Acked(ticket));
}

TEST_F(AppendSessionReconnectTest, GoesOnWithPausesWhenSentInCircles) {
  AppendSessionOptions options;
  options.retry.budget = RetryBudget::Elapsed(absl::Seconds(60));
  MakeStreaming(options);
  AppendTicket ticket = Submit("a");
  call().Receive();
  call().Finish(Leaving(0));
  ASSERT_EQ(calls(), 2) << "the first time at once";
  const absl::Time begin = clock_->Now();
  while (!ticket.done()) {
    call().Finish(Leaving(0));
    if (ticket.done()) break;
    EXPECT_GE(clock_->next_timer() - clock_->Now(), absl::Milliseconds(100));
    clock_->AdvanceToNextTimer();
  }
  EXPECT_EQ(Code(ticket), ErrorCode::kServerDraining);
  EXPECT_EQ(clock_->Now() - begin, absl::Seconds(60)) << "no sooner";
  EXPECT_LE(calls(), 130);
}

TEST_F(AppendSessionReconnectTest, AnAckMakesNoMoveFree) {
  MakeStreaming();
  for (int i = 0; i < 20; ++i) Submit("a");
  for (int i = 0; i < 20; ++i) {
    call().TakeWrite();
    call().CompleteWrite();
    call().Ack(i, i + 1);
    if (call().writing()) call().TakeWrite();
    const int before = calls();
    call().Finish(Leaving(1));
    if (i == 19) break;
    if (i > 0) {
      ASSERT_EQ(calls(), before);
      clock_->AdvanceToNextTimer();
    }
    ASSERT_EQ(calls(), before + 1);
    call().Accept();
  }
  EXPECT_EQ(session().Stats().acked_batches, 20);
}

TEST_F(AppendSessionReconnectTest, WithNothingUnackedItWaitsForTheNextSubmit) {
  MakeStreaming();
  call().Finish(Leaving(0));
  EXPECT_EQ(calls(), 1);
  Submit("a");
  EXPECT_EQ(calls(), 2);
}

TEST_F(AppendSessionReconnectTest, IsNotTrustedUnderACodeThatIsNotRetryable) {
  MakeStreaming();
  AppendTicket ticket = Submit("a");
  call().Receive();
  rpc::v1::ErrorInfo info = GetErrorInfo(MakeError(ErrorCode::kClientHangup, ""));
  info.mutable_reconnect()->set_forwarded(0);
  call().Finish(MakeError(info, "odd"));
  ASSERT_TRUE(ticket.done());
  EXPECT_FALSE(HasNoSideEffects(ticket.Wait().status()));
}

}  // namespace
}  // namespace s2::internal
