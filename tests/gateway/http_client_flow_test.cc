// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "s2/tests/gateway/http_fixture.h"

namespace s2::testing {
namespace {

using HttpClientFlowTest = HttpTest;

TEST_F(HttpClientFlowTest, WriteSaysWhenThereIsNoRoomAndDrainedWhenThereIsAgain) {
  options_.write_buffer = 100'000;
  HttpServer server;
  HttpCall call = Post(server);
  EXPECT_TRUE(call.WriteZeros(1000, false));
  const HttpServer::Stream got = Await(server);
  ASSERT_TRUE(got->AwaitBody(1000));
  got->Hold();
  got->Respond(200);
  EXPECT_EQ(call.events->AwaitResponse().status, 200);
  EXPECT_FALSE(call.WriteZeros(2 * kMiB, false));
  EXPECT_FALSE(call.WriteZeros(2 * kMiB, false));
  // The window of 1 MiB is all that leaves.
  ASSERT_TRUE(got->AwaitBody(kMiB / 2));
  EXPECT_EQ(call.events->drained(), 0);
  EXPECT_GE(options_.held->bytes(), 2 * kMiB);
  got->Release();
  EXPECT_TRUE(call.events->AwaitDrained(1));
  ASSERT_TRUE(got->AwaitBody(4 * kMiB + 1000));
  EXPECT_TRUE(call.stream->Write({}, true));
  ASSERT_TRUE(got->AwaitBodyEnd());
  EXPECT_EQ(got->body_size(), 4 * kMiB + 1000);
  EXPECT_EQ(call.events->drained(), 1);
  EXPECT_EQ(options_.held->bytes(), 0u);
  got->Send("", true);
  EXPECT_TRUE(call.events->AwaitClosed().ok());
}

TEST_F(HttpClientFlowTest, AStreamThatIsOverHoldsNothing) {
  HttpServer server;
  HttpCall call = PostAndAwait(server);
  call.got->Hold();
  EXPECT_FALSE(call.WriteZeros(4 * kMiB, false));
  EXPECT_GT(options_.held->bytes(), 0u);
  call.stream->Cancel();
  EXPECT_FALSE(call.events->AwaitClosed().ok());
  EXPECT_EQ(options_.held->bytes(), 0u);
}

TEST_F(HttpClientFlowTest, AReaderThatStopsBoundsWhatItIsSentAndStopsNoOther) {
  options_.stream_window = kMiB;
  const size_t size = 30 * kMiB;
  HttpServer server({}, [](const HttpServer::Stream& stream) {
    stream->Respond(200);
    for (int i = 0; i < 30; ++i) stream->SendSlice(Zeros(kMiB), i == 29);
  });
  std::vector<HttpCall> stopped;
  for (int i = 0; i < 5; ++i) stopped.push_back(Get(server));
  for (const HttpCall& call : stopped) call.events->AwaitData(kMiB);
  for (int i = 0; i < 3; ++i) {
    HttpCall call = Get(server);
    call.events->ConsumeOn(call.stream);
    EXPECT_TRUE(call.events->AwaitClosed().ok());
    EXPECT_EQ(call.events->data_size(), size);
  }
  EXPECT_EQ(server.connections_made(), 1);
  for (const HttpCall& call : stopped) {
    EXPECT_EQ(call.events->data_size(), kMiB);
    EXPECT_FALSE(call.events->closed());
  }
  for (const HttpCall& call : stopped) call.events->ConsumeOn(call.stream);
  for (const HttpCall& call : stopped) {
    EXPECT_TRUE(call.events->AwaitClosed().ok());
    EXPECT_EQ(call.events->data_size(), size);
  }
}

TEST_F(HttpClientFlowTest, AConsumerOfWholeMessagesNeedsLittleMoreThanTheLargest) {
  options_.stream_window = kMiB;
  const std::vector<size_t> sizes = {20'000, 300'000, kMiB - (32 << 10), 31'000, kMiB - (32 << 10)};
  HttpServer server({}, [&](const HttpServer::Stream& stream) {
    stream->Respond(200);
    for (const size_t size : sizes) stream->SendSlice(Zeros(size));
    stream->Send("", true);
  });
  HttpCall call = Get(server);
  size_t total = 0;
  for (const size_t size : sizes) {
    total += size;
    ASSERT_GE(call.events->AwaitData(total).size(), total);
    call.stream->Consume(size);
  }
  EXPECT_TRUE(call.events->AwaitClosed().ok());
}

TEST_F(HttpClientFlowTest, ConsumesNoMoreThanThereWas) {
  options_.stream_window = kMiB;
  HttpServer server;
  HttpCall call = Get(server);
  call.stream->Consume(100 * kMiB);
  const HttpServer::Stream got = Await(server);
  got->Respond(200);
  got->SendSlice(Zeros(8 * kMiB), true);
  call.events->AwaitData(kMiB);
  // A round trip, on the same connection, in which more would have come.
  HttpCall other = GetAndAwait(server);
  other.AnswerAndEnd();
  EXPECT_EQ(call.events->data_size(), kMiB);
  call.events->ConsumeOn(call.stream);
  EXPECT_TRUE(call.events->AwaitClosed().ok());
  EXPECT_EQ(call.events->data_size(), 8 * kMiB);
}

// The window of the connection is as large as that of a stream, as on S2.
TEST_F(HttpClientFlowTest, AStreamThatTheServerDoesNotReadStopsNoOther) {
  HttpServer server;
  HttpCall held = PostAndAwait(server);
  held.got->Hold();
  held.got->Respond(200);
  // The answer comes after Hold.
  EXPECT_EQ(held.events->AwaitResponse().status, 200);
  held.WriteZeros(8 * kMiB, true);
  ASSERT_TRUE(held.got->AwaitBody(kMiB / 9 * 8));

  HttpCall call = Post(server);
  call.WriteZeros(8 * kMiB, true);
  const HttpServer::Stream got = Await(server);
  ASSERT_TRUE(got->AwaitBodyEnd());
  EXPECT_EQ(got->body_size(), 8 * kMiB);
  EXPECT_EQ(server.connections_made(), 1);
  EXPECT_LT(held.got->body_size(), kMiB);
  held.got->Release();
  ASSERT_TRUE(held.got->AwaitBodyEnd());
  EXPECT_EQ(held.got->body_size(), 8 * kMiB);
}

TEST_F(HttpClientFlowTest, AHugeBodyLetsSmallOnesPass) {
  HttpServer server;
  HttpCall huge = PostAndAwait(server);
  for (int i = 0; i < 50; ++i) huge.WriteZeros(8 * kMiB, false);
  ASSERT_TRUE(huge.got->AwaitBody(kMiB));
  HttpCall small = Post(server);
  small.WriteZeros(kMiB, true);
  const HttpServer::Stream got_small = Await(server);
  ASSERT_TRUE(got_small->AwaitBodyEnd());
  EXPECT_LT(huge.got->body_size(), 300 * kMiB);
  EXPECT_EQ(server.connections_made(), 1);
}

TEST_F(HttpClientFlowTest, WaitsForAServerThatStopsReadingAndGoesOn) {
  HttpServerOptions options;
  options.stream_window = 64 * kMiB;
  options.connection_window = 64 * kMiB;
  HttpServer server(options);
  HttpCall call = PostAndAwait(server);
  call.WriteZeros(100, false);
  ASSERT_TRUE(call.got->AwaitBody(100));
  server.StopReading();
  for (int i = 0; i < 7; ++i) EXPECT_FALSE(call.WriteZeros(8 * kMiB, i == 6));
  server.ResumeReading();
  EXPECT_TRUE(call.events->AwaitDrained(1));
  ASSERT_TRUE(call.got->AwaitBodyEnd());
  EXPECT_EQ(call.got->body_size(), 56 * kMiB + 100);
}

}  // namespace
}  // namespace s2::testing
