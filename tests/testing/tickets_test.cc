// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/testing/tickets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "s2/testing/answers.h"
#include "s2/testing/matchers.h"

namespace s2::testing {
namespace {

TEST(Tickets, AReadyTicketHasResolved) {
  EXPECT_THAT(ReadyTicket(MakeAck(1, 2)).Wait(), IsOkAndHolds(AcksRange(1, 2)));
  const AppendTicket failed = ReadyTicket(MakeAppendError(ErrorCode::kAckTimeout, true));
  EXPECT_TRUE(failed.done());
  EXPECT_THAT(failed.Wait(), HasErrorCode(ErrorCode::kAckTimeout));
}

TEST(Tickets, AReadyTicketCallsBack) {
  absl::Notification called;
  ReadyTicket(MakeAck(1, 2)).OnDone([&](const absl::StatusOr<v1::AppendAck>& ack) {
    EXPECT_THAT(ack, IsOk());
    called.Notify();
  });
  EXPECT_TRUE(called.WaitForNotificationWithTimeout(absl::Seconds(10)));
}

TEST(Tickets, ASourceResolvesItsTicketWhenItLikes) {
  const TicketSource source;
  const AppendTicket ticket = source.ticket();
  absl::Notification called;
  ticket.OnDone([&](const absl::StatusOr<v1::AppendAck>&) { called.Notify(); });
  EXPECT_FALSE(ticket.done());
  EXPECT_FALSE(ticket.WaitUntil(absl::InfinitePast()));
  source.Resolve(MakeAck(1, 2));
  source.Resolve(absl::InternalError("too late"));
  EXPECT_THAT(ticket.Wait(), IsOkAndHolds(AcksRange(1, 2)));
  EXPECT_TRUE(called.WaitForNotificationWithTimeout(absl::Seconds(10)));
}

}  // namespace
}  // namespace s2::testing
