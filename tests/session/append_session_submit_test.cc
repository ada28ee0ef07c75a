// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/session/append_session_fixture.h"

namespace s2::internal {
namespace {

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
  ASSERT_TRUE(ticket.done());
  ASSERT_TRUE(ticket.Wait().ok());
  EXPECT_EQ(ticket.Wait()->start().seq_num(), 7);
  EXPECT_EQ(ticket.Wait()->end().seq_num(), 8);
}

}  // namespace
}  // namespace s2::internal
