// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// Client and server are real, the server in memory; what goes wrong is a fault to order.

#include "s2/emulator/emulator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "s2/client/make_client.h"
#include "s2/examples/testing/audit_log.h"
#include "s2/testing/matchers.h"

namespace examples {
namespace {

TEST(AuditLogOnTheEmulator, ALostAckDoesNotDoubleAnEntry) {
  s2::Emulator emulator;
  const absl::StatusOr<s2::Client> client = s2::MakeClient(emulator.InProcessChannel());
  ASSERT_THAT(client, s2::testing::IsOk());
  ASSERT_THAT(client->CreateBasin("my-basin"), s2::testing::IsOk());
  ASSERT_THAT(client->Basin("my-basin").CreateStream("audit"), s2::testing::IsOk());
  const s2::Stream stream = client->Basin("my-basin").Stream("audit");

  // The entry is in the stream; its ack is lost with the connection.
  s2::FaultMatch entry = s2::FaultMatch::Message("AppendSession");
  entry.when = [](const s2::FaultPoint& point) {
    return point.input->records(0).body() == "login";
  };
  const s2::FaultHandle fault = emulator.faults().Add(entry, s2::FaultAction::CutAfter());

  s2::AppendSessionOptions options;
  options.policy = s2::AppendRetryPolicy::kExactlyOnce;
  absl::StatusOr<AuditLog> log = AuditLog::Open(stream, options);
  ASSERT_THAT(log, s2::testing::IsOk());
  EXPECT_THAT(log->Note("login"), s2::testing::IsOkAndHolds(0));
  EXPECT_EQ(fault.fired(), 1);
  EXPECT_EQ(stream.CheckTail()->seq_num(), 1);
}

}  // namespace
}  // namespace examples
