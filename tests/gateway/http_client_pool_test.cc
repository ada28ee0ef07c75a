// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "s2/tests/gateway/http_fixture.h"

namespace s2::testing {
namespace {

using ::testing::HasSubstr;

class HttpClientPoolTest : public HttpTest {
 protected:
  // Opens `n` streams that the server has got, and leaves them open.
  std::vector<HttpServer::Stream> OpenMany(HttpServer& server, int n) {
    std::vector<HttpServer::Stream> got;
    for (int i = 0; i < n; ++i) calls_.push_back(Post(server));
    for (int i = 0; i < n; ++i) got.push_back(Await(server));
    return got;
  }

  void EndAll(const std::vector<HttpServer::Stream>& got) {
    for (const HttpServer::Stream& stream : got) stream->Respond(200, {}, true);
    for (const HttpCall& call : calls_) EXPECT_TRUE(call.events->AwaitClosed().ok());
  }

  std::vector<HttpCall> calls_;
};

std::map<int, int> StreamsOfConnections(const std::vector<HttpServer::Stream>& got) {
  std::map<int, int> streams;
  for (const HttpServer::Stream& stream : got) ++streams[stream->connection_number()];
  return streams;
}

TEST_F(HttpClientPoolTest, KeepsAThousandStreamsOnFewConnections) {
  HttpServer server;
  const std::vector<HttpServer::Stream> got = OpenMany(server, 1000);
  for (const auto& [connection, streams] : StreamsOfConnections(got)) EXPECT_LE(streams, 90);
  EXPECT_EQ(server.connections_made(), 12);
  EndAll(got);
}

TEST_F(HttpClientPoolTest, KeepsToWhatTheServerAllows) {
  HttpServerOptions options;
  options.max_streams = 7;
  HttpServer server(options);
  const std::vector<HttpServer::Stream> got = OpenMany(server, 100);
  for (const auto& [connection, streams] : StreamsOfConnections(got)) EXPECT_LE(streams, 7);
  EXPECT_EQ(server.connections_made(), 15);
  EndAll(got);
}

TEST_F(HttpClientPoolTest, UsesAConnectionAgain) {
  HttpServer server;
  for (int i = 0; i < 5; ++i) {
    HttpCall call = GetAndAwait(server);
    call.AnswerAndEnd();
  }
  EXPECT_EQ(server.connections_made(), 1);
}

TEST_F(HttpClientPoolTest, GivesAPlaceOnAgainWhenAStreamIsCancelled) {
  options_.max_streams_per_connection = 2;
  HttpServer server;
  const std::vector<HttpServer::Stream> got = OpenMany(server, 2);
  calls_[0].stream->Cancel();
  EXPECT_TRUE(got[0]->AwaitClosed().has_value());
  HttpCall call = GetAndAwait(server);
  call.AnswerAndEnd();
  EXPECT_EQ(server.connections_made(), 1);
}

TEST_F(HttpClientPoolTest, PutsOriginsOnConnectionsOfTheirOwn) {
  HttpServer one;
  HttpServer two;
  for (HttpServer* server : {&one, &two, &one, &two}) {
    HttpCall call = GetAndAwait(*server);
    call.AnswerAndEnd();
  }
  EXPECT_EQ(one.connections_made(), 1);
  EXPECT_EQ(two.connections_made(), 1);
}

TEST_F(HttpClientPoolTest, ClosesAConnectionThatIsIdle) {
  options_.idle_timeout = absl::Milliseconds(50);
  HttpServer server;
  const std::vector<HttpServer::Stream> got = OpenMany(server, 1);
  EndAll(got);
  EXPECT_TRUE(server.AwaitConnectionsOpen(0));
  EndAll(OpenMany(server, 1));
  EXPECT_EQ(server.connections_made(), 2);
}

TEST_F(HttpClientPoolTest, DoesNotCloseAConnectionWithAStreamThatIsQuiet) {
  options_.idle_timeout = absl::Milliseconds(20);
  options_.ping_interval = absl::Milliseconds(20);
  HttpServer server;
  const std::vector<HttpServer::Stream> got = OpenMany(server, 1);
  // Time passes: signs of life come and go.
  EXPECT_TRUE(server.AwaitPings(5));
  EXPECT_EQ(server.connections_open(), 1);
  EndAll(got);
}

TEST_F(HttpClientPoolTest, PutsNoStreamWhereOneWasGivenUpInSilence) {
  options_.silence = absl::ZeroDuration();
  HttpServer server;
  const std::vector<HttpServer::Stream> got = OpenMany(server, 2);
  server.StopReading();
  calls_[0].WriteZeros(options_.write_buffer + 100'000, false);
  ASSERT_TRUE(calls_[0].events->AwaitDrained(1));
  calls_[0].stream->Cancel();
  EXPECT_EQ(calls_[0].events->AwaitClosed().code(), absl::StatusCode::kCancelled);
  server.ResumeReading();
  HttpCall next = PostAndAwait(server);
  EXPECT_EQ(next.got->connection_number(), 2);
  got[1]->Respond(200, {}, true);
  EXPECT_TRUE(calls_[1].events->AwaitClosed().ok());
}

TEST_F(HttpClientPoolTest, ThinksNoLessOfAServerThatHasAnsweredWhenAStreamIsGivenUp) {
  options_.silence = absl::ZeroDuration();
  HttpServer server;
  HttpCall call = PostAndAwait(server);
  call.BeginAnswer();
  call.stream->Cancel();
  EXPECT_EQ(call.events->AwaitClosed().code(), absl::StatusCode::kCancelled);
  HttpCall next = PostAndAwait(server);
  EXPECT_EQ(next.got->connection_number(), 1);
}

TEST_F(HttpClientPoolTest, LeavesAConnectionThatTheServerLeavesAndLetsItsStreamsEnd) {
  HttpServer server;
  const std::vector<HttpServer::Stream> old = OpenMany(server, 3);
  server.GoAway();
  // GOAWAY is there before this head.
  old[0]->Respond(200);
  EXPECT_EQ(calls_[0].events->AwaitResponse().status, 200);
  const std::vector<HttpServer::Stream> young = OpenMany(server, 3);
  for (const HttpServer::Stream& stream : old) EXPECT_EQ(stream->connection_number(), 1);
  for (const HttpServer::Stream& stream : young) EXPECT_EQ(stream->connection_number(), 2);
  old[0]->Send("rest", true);
  for (int i = 1; i < 3; ++i) old[i]->Respond(200, {}, true);
  EXPECT_TRUE(server.AwaitConnectionsOpen(1));
  EndAll(young);
}

TEST_F(HttpClientPoolTest, SaysWhichStreamsALeavingServerDidNotTake) {
  HttpServer server;
  const std::vector<HttpServer::Stream> got = OpenMany(server, 3);
  // Streams 1 and 3 are kept, 5 is not.
  got[0]->GoAway(/*error_code=*/0xb, "too many", /*last=*/3);
  const absl::Status error = calls_[2].events->AwaitClosed();
  EXPECT_EQ(GetErrorCode(error), ErrorCode::kServerDraining);
  EXPECT_TRUE(IsNotSent(error));
  EXPECT_THAT(Said(error), HasSubstr("GOAWAY (ENHANCE_YOUR_CALM: too many)"));
  got[0]->Respond(200, {}, true);
  EXPECT_TRUE(calls_[0].events->AwaitClosed().ok());
  EXPECT_FALSE(calls_[1].events->closed());
  got[1]->CloseConnection();
  const absl::Status cut = calls_[1].events->AwaitClosed();
  EXPECT_FALSE(IsNotSent(cut));
  EXPECT_THAT(Said(cut), HasSubstr("GOAWAY (ENHANCE_YOUR_CALM: too many)"));
}

// Opens a stream, has it retire its connection when the answer comes, and tells whether it did.
bool Retires(HttpCall& call, bool advised) {
  call.BeginAnswer();
  call.events->RetireOn(call.stream, advised);
  call.got->Send("leave", false);
  return call.events->AwaitRetired();
}

TEST_F(HttpClientPoolTest, PutsNoStreamOnAConnectionThatIsRetired) {
  HttpServer server;
  for (int i = 1; i <= 3; ++i) {
    HttpCall call = PostAndAwait(server);
    EXPECT_EQ(call.got->connection_number(), i);
    EXPECT_TRUE(Retires(call, /*advised=*/false)) << "as often as the server says that it leaves";
    call.got->Send("rest", true);
    EXPECT_TRUE(call.events->AwaitClosed().ok()) << "it goes on";
  }
}

TEST_F(HttpClientPoolTest, FollowsAdviceOnceInItsTime) {
  options_.advice_interval = absl::InfiniteDuration();
  HttpServer server;
  HttpCall first = PostAndAwait(server);
  EXPECT_TRUE(Retires(first, /*advised=*/true));
  HttpCall second = PostAndAwait(server);
  EXPECT_EQ(second.got->connection_number(), 2);
  EXPECT_FALSE(Retires(second, /*advised=*/true)) << "too soon";
  HttpCall third = PostAndAwait(server);
  EXPECT_EQ(third.got->connection_number(), 2);
  EXPECT_TRUE(Retires(third, /*advised=*/false)) << "that is no advice";
  HttpCall fourth = PostAndAwait(server);
  EXPECT_EQ(fourth.got->connection_number(), 3);
}

TEST_F(HttpClientPoolTest, FollowsAdviceAgainWhenItsTimeIsOver) {
  options_.advice_interval = absl::ZeroDuration();
  HttpServer server;
  for (int i = 1; i <= 3; ++i) {
    HttpCall call = PostAndAwait(server);
    EXPECT_EQ(call.got->connection_number(), i);
    EXPECT_TRUE(Retires(call, /*advised=*/true));
  }
}

TEST_F(HttpClientPoolTest, FollowsAdviceOnAllConnectionsThatWereThere) {
  options_.advice_interval = absl::InfiniteDuration();
  options_.max_streams_per_connection = 1;
  HttpServer server;
  HttpCall one = PostAndAwait(server);
  HttpCall two = PostAndAwait(server);
  EXPECT_TRUE(Retires(one, /*advised=*/true));
  EXPECT_TRUE(Retires(two, /*advised=*/true));
  HttpCall three = PostAndAwait(server);
  EXPECT_EQ(three.got->connection_number(), 3);
  EXPECT_FALSE(Retires(three, /*advised=*/true));
}

TEST_F(HttpClientPoolTest, SaysThatAServerAllowsNoStreams) {
  HttpServerOptions options;
  options.max_streams = 0;
  HttpServer server(options);
  std::vector<HttpCall> calls;
  for (int i = 0; i < 3; ++i) calls.push_back(Get(server));
  for (const HttpCall& call : calls) {
    const absl::Status error = call.events->AwaitClosed();
    EXPECT_TRUE(IsNotSent(error));
    EXPECT_THAT(Said(error), HasSubstr("SETTINGS_MAX_CONCURRENT_STREAMS is 0"));
  }
}

}  // namespace
}  // namespace s2::testing
