// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// How a client shares out its calls over connections.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "s2/connect/connect.h"
#include "s2/emulator/faults.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"
#include "s2/tests/connect/test_server.h"

namespace s2 {
namespace {

using testing::TestServer;

constexpr char kBasin[] = "basin-one";
// For what needs no more than some round trips; without the mend it takes 5 s or more.
constexpr absl::Duration kSoon = absl::Seconds(4);

v1::AppendInput OneRecord() { return MakeInput({MakeRecord("x")}); }

TestServer::Options WithStreams(int streams) {
  TestServer::Options options;
  options.max_streams_per_connection = streams;
  return options;
}

s2::Stream MakeStream(const TestServer& server, const ConnectOptions& options = {}) {
  const auto client = Connect("grpc://127.0.0.1:" + server.port(), options);
  EXPECT_TRUE(client->EnsureBasin(kBasin).ok());
  EXPECT_TRUE(client->Basin(kBasin).EnsureStream("s").ok());
  return client->Basin(kBasin).Stream("s");
}

std::vector<AppendSession> OpenSessions(const s2::Stream& stream, int count) {
  std::vector<AppendSession> sessions;
  for (int i = 0; i < count; ++i) sessions.push_back(*stream.OpenAppendSession());
  return sessions;
}

// Does each session get an ack, all of them soon?
bool AllAppend(std::vector<AppendSession>& sessions) {
  const absl::Time deadline = absl::Now() + kSoon;
  std::vector<AppendTicket> tickets;
  for (AppendSession& session : sessions) tickets.push_back(*session.Submit(OneRecord()));
  for (const AppendTicket& ticket : tickets) {
    if (!ticket.WaitUntil(deadline) || !ticket.Wait().ok()) return false;
  }
  return true;
}

TEST(Channels, UnaryCallsAreCountedAsSessionsAre) {
  TestServer server(WithStreams(100));
  const s2::Stream stream = MakeStream(server);
  std::vector<AppendSession> sessions = OpenSessions(stream, 90);
  ASSERT_TRUE(AllAppend(sessions));
  EXPECT_LE(server.connections(), 2u) << "one would do; a late answer may have cost another";
  rpc::v1::ReadRequest follow;
  follow.set_seq_num(90);
  follow.set_wait(30);
  std::vector<std::thread> readers;
  for (int i = 0; i < 20; ++i) {
    readers.emplace_back([&] { EXPECT_TRUE(stream.Read(follow).ok()); });
  }
  // The calls that wait take their streams sooner or later.
  CallOptions soon;
  for (int i = 0; i < 100; ++i) {
    soon.deadline = absl::Now() + kSoon;
    ASSERT_TRUE(stream.CheckTail(soon).ok());
  }
  ASSERT_TRUE(sessions[0].Submit(OneRecord())->Wait().ok());
  for (std::thread& reader : readers) reader.join();
  EXPECT_GE(server.connections(), 2u);
  EXPECT_LE(server.connections(), 3u);
}

TEST(Channels, SessionsThatFindNoRoomGoElsewhereSoonAndTheLimitIsKnownFromThenOn) {
  TestServer server(WithStreams(10));
  const s2::Stream stream = MakeStream(server);
  std::vector<AppendSession> sessions = OpenSessions(stream, 30);
  EXPECT_TRUE(AllAppend(sessions));
  EXPECT_LE(server.connections(), 4u);
  for (const AppendSession& session : sessions) {
    EXPECT_EQ(session.status(), absl::OkStatus());
    EXPECT_LE(session.Stats().attempts, 2u);
  }
  std::vector<AppendSession> more = OpenSessions(stream, 20);
  EXPECT_TRUE(AllAppend(more));
  for (const AppendSession& session : more) EXPECT_EQ(session.Stats().attempts, 1u);
}

TEST(Channels, ALateCallDoesNotCostAConnectionThatLives) {
  TestServer server;
  ConnectOptions options;
  options.client.request_timeout = absl::Milliseconds(300);
  // Long enough for the sign of life that the connection is asked for.
  options.client.unary_retry.min_backoff = absl::Milliseconds(500);
  const s2::Stream stream = MakeStream(server, options);
  FaultHandle late = server.faults().Add(FaultMatch::Open("CheckTail"), FaultAction::Silence());
  EXPECT_TRUE(stream.CheckTail().ok());
  EXPECT_EQ(late.fired(), 1);
  EXPECT_EQ(server.connections(), 1u);
}

}  // namespace
}  // namespace s2
