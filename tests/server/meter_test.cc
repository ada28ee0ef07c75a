// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/server/internal/meter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "s2/retry/error.h"
#include "s2/server/internal/calls.h"

namespace s2::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(MeterTest, CountsSessionsByKind) {
  Meter meter;
  meter.SessionOpened(SessionKind::kAppend);
  meter.SessionOpened(SessionKind::kRead);
  meter.SessionOpened(SessionKind::kRead);
  meter.SessionClosed(SessionKind::kRead);
  EXPECT_EQ(meter.sessions(SessionKind::kAppend), 1);
  EXPECT_EQ(meter.sessions(SessionKind::kRead), 1);
  meter.SessionClosed(SessionKind::kAppend);
  EXPECT_EQ(meter.sessions(SessionKind::kAppend), 0);
}

TEST(MeterTest, CountsBytesBothWays) {
  Meter meter;
  meter.Received(3);
  meter.Received(4);
  meter.Sent(5);
  EXPECT_EQ(meter.received_bytes(), 7u);
  EXPECT_EQ(meter.sent_bytes(), 5u);
}

TEST(MeterTest, ALatencyFallsInTheBucketWhoseBoundItDoesNotExceed) {
  Meter meter;
  meter.Acked(absl::ZeroDuration());
  meter.Acked(absl::Milliseconds(5));
  meter.Acked(absl::Milliseconds(5) + absl::Nanoseconds(1));
  meter.Acked(absl::Seconds(60));
  const Meter::AckLatency latency = meter.ack_latency();
  EXPECT_THAT(latency.buckets, ElementsAre(1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1));
  EXPECT_NEAR(latency.sum, 60.01, 1e-6);
}

TEST(MeterTest, CountsErrorsByS2sCodeOrElseGrpcs) {
  Meter meter;
  EXPECT_THAT(meter.errors(), IsEmpty());
  meter.CallEnded(absl::OkStatus());
  meter.CallEnded(MakeError(ErrorCode::kStreamNotFound, ""));
  meter.CallEnded(MakeError(ErrorCode::kStreamNotFound, ""));
  meter.CallEnded(absl::UnavailableError(""));
  EXPECT_THAT(meter.errors(),
              UnorderedElementsAre(Pair("stream_not_found", 2), Pair("UNAVAILABLE", 1)));
}

TEST(MeterTest, EachErrorThatThereIsHasItsOwnCount) {
  Meter meter;
  for (const ErrorRow& row : ErrorTable()) meter.CallEnded(MakeError(row.code, ""));
  for (int i = 0; i <= static_cast<int>(absl::StatusCode::kUnauthenticated); ++i) {
    meter.CallEnded(absl::Status(static_cast<absl::StatusCode>(i), ""));
  }
  EXPECT_EQ(meter.errors().size(),
            ErrorTable().size() + static_cast<size_t>(absl::StatusCode::kUnauthenticated));
  for (const auto& [name, n] : meter.errors()) EXPECT_EQ(n, 1u) << name;
}

TEST(MeterTest, CountsWhoWasToldToReconnect) {
  Meter meter;
  meter.CallEnded(DrainingError(0));
  meter.CallEnded(MakeError(ErrorCode::kServerDraining, ""));
  EXPECT_EQ(meter.reconnects(), 1u);
  EXPECT_THAT(meter.errors(), ElementsAre(Pair("server_draining", 2)));
}

TEST(MeterTest, ShowsSessionsThatFailButNotThoseThatAreCancelledOrMove) {
  Meter meter;
  std::vector<std::string> shown;
  meter.set_on_failed_session(
      [&](const SessionEnd& session) { shown.push_back(std::string(session.stream)); });
  const auto end = [&](const char* stream, const absl::Status& status) {
    meter.SessionEnded({SessionKind::kRead, "basin", stream, status});
  };
  end("fine", absl::OkStatus());
  end("cancelled", absl::CancelledError(""));
  end("moved", DrainingError(1));
  end("broken", MakeError(ErrorCode::kServerDisconnected, ""));
  EXPECT_THAT(shown, ElementsAre("broken"));
  EXPECT_EQ(meter.errors().size(), 3u);
}

}  // namespace
}  // namespace s2::server
