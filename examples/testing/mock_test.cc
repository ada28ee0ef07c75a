// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// The session is a mock: the test says what each call returns.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "s2/examples/testing/audit_log.h"
#include "s2/testing/answers.h"
#include "s2/testing/matchers.h"
#include "s2/testing/mock_append_session.h"
#include "s2/testing/mock_connection.h"
#include "s2/testing/tickets.h"

namespace examples {
namespace {

using ::testing::ByMove;
using ::testing::ElementsAre;
using ::testing::Return;

TEST(AuditLogOnMocks, AnEntryStandsWhereItsAckSays) {
  auto session = std::make_unique<s2::testing::MockAppendSession>();
  EXPECT_CALL(*session, Submit(s2::testing::RecordBodies(ElementsAre("login"))))
      .WillOnce(Return(s2::testing::ReadyTicket(s2::testing::MakeAck(41, 42))));
  AuditLog log{s2::AppendSession(std::move(session))};
  EXPECT_THAT(log.Note("login"), s2::testing::IsOkAndHolds(41));
}

TEST(AuditLogOnMocks, AnEntryThatIsNotDurableIsAnError) {
  auto session = std::make_unique<s2::testing::MockAppendSession>();
  EXPECT_CALL(*session, Submit)
      .WillOnce(Return(s2::testing::ReadyTicket(
          s2::testing::MakeAppendError(s2::ErrorCode::kAckTimeout, /*may_have_effect=*/true))));
  auto connection = std::make_shared<s2::testing::MockConnection>();
  EXPECT_CALL(*connection, OpenAppendSession)
      .WillOnce(Return(ByMove(s2::AppendSession(std::move(session)))));
  absl::StatusOr<AuditLog> log = AuditLog::Open(s2::Stream(connection, "my-basin", "audit"));
  ASSERT_THAT(log, s2::testing::IsOk());
  EXPECT_THAT(log->Note("login"), s2::testing::HasErrorCode(s2::ErrorCode::kAckTimeout));
}

}  // namespace
}  // namespace examples
