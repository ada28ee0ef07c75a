// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// The session is the real one, the server behind its stubs a script: every step is the test's.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "s2/client/make_client_from_stubs.h"
#include "s2/examples/testing/audit_log.h"
#include "s2/testing/matchers.h"
#include "s2/testing/scripted_server.h"

namespace examples {
namespace {

using ::testing::ElementsAre;

TEST(AuditLogOnAScript, ABrokenConnectionIsNotSeen) {
  s2::testing::ScriptedServer server;
  server.ExpectAppendSession()
      .Expect(s2::testing::RecordBodies(ElementsAre("login")))
      .Ack(0, 1)
      .Expect(s2::testing::RecordBodies(ElementsAre("logout")))
      .Drop();
  server.ExpectAppendSession().Expect(s2::testing::RecordBodies(ElementsAre("logout"))).Ack(1, 2);
  const absl::StatusOr<s2::Client> client = s2::MakeClient(server.stubs());
  ASSERT_THAT(client, s2::testing::IsOk());
  absl::StatusOr<AuditLog> log = AuditLog::Open(client->Basin("my-basin").Stream("audit"));
  ASSERT_THAT(log, s2::testing::IsOk());
  EXPECT_THAT(log->Note("login"), s2::testing::IsOkAndHolds(0));
  EXPECT_THAT(log->Note("logout"), s2::testing::IsOkAndHolds(1));
}

}  // namespace
}  // namespace examples
