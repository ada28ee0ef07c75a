// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "audit_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "s2/testing/answers.h"
#include "s2/testing/matchers.h"
#include "s2/testing/mock_append_session.h"
#include "s2/testing/tickets.h"

namespace {

using ::s2::testing::HasErrorCode;
using ::s2::testing::IsOkAndHolds;
using ::s2::testing::MakeAck;
using ::s2::testing::MakeAppendError;
using ::s2::testing::ReadyTicket;
using ::s2::testing::RecordBodies;
using ::testing::_;
using ::testing::ElementsAre;
using ::testing::Return;

TEST(AuditLog, TellsWhereTheEntryIs) {
  auto session = std::make_unique<s2::testing::MockAppendSession>();
  EXPECT_CALL(*session, Submit(RecordBodies(ElementsAre("ann opened the door"))))
      .WillOnce(Return(ReadyTicket(MakeAck(7, 8))));
  AuditLog log(s2::AppendSession(std::move(session)));
  EXPECT_THAT(log.Write("ann", "opened the door"), IsOkAndHolds(7));
}

TEST(AuditLog, TellsThatTheEntryIsNotDurable) {
  auto session = std::make_unique<s2::testing::MockAppendSession>();
  EXPECT_CALL(*session, Submit(_))
      .WillOnce(Return(ReadyTicket(MakeAppendError(s2::ErrorCode::kRateLimited, false))));
  AuditLog log(s2::AppendSession(std::move(session)));
  EXPECT_THAT(log.Write("ann", "opened the door"), HasErrorCode(s2::ErrorCode::kRateLimited));
}

}  // namespace
