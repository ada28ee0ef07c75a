// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "s2/tests/gateway/http_fixture.h"

namespace s2::testing {
namespace {

constexpr size_t kMiB = 1 << 20;

grpc::Slice Zeros(size_t size) {
  static const std::string zeros(8 * kMiB, '\0');
  return grpc::Slice(zeros.data(), size, grpc::Slice::STATIC_SLICE);
}

using HttpClientFlowTest = HttpTest;

TEST_F(HttpClientFlowTest, WriteSaysWhenThereIsNoRoomAndDrainedWhenThereIsAgain) {
  options_.write_buffer = 100'000;
  HttpServer server;
  HttpCall call = Post(server);
  EXPECT_TRUE(call.stream->Write({Zeros(1000)}, false));
  const HttpServer::Stream got = server.Await();
  ASSERT_NE(got, nullptr);
  ASSERT_TRUE(got->AwaitBody(1000));
  got->Hold();
  got->Respond(200);
  EXPECT_EQ(call.events->AwaitResponse().status, 200);
  EXPECT_FALSE(call.stream->Write({Zeros(2 * kMiB)}, false));
  EXPECT_FALSE(call.stream->Write({Zeros(2 * kMiB)}, false));
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
  HttpCall call = Post(server);
  const HttpServer::Stream got = server.Await();
  ASSERT_NE(got, nullptr);
  got->Hold();
  EXPECT_FALSE(call.stream->Write({Zeros(4 * kMiB)}, false));
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
  const HttpServer::Stream got = server.Await();
  ASSERT_NE(got, nullptr);
  got->Respond(200);
  got->SendSlice(Zeros(8 * kMiB), true);
  call.events->AwaitData(kMiB);
  // A round trip, on the same connection, in which more would have come.
  HttpCall other = Get(server);
  const HttpServer::Stream got_other = server.Await();
  ASSERT_NE(got_other, nullptr);
  got_other->Respond(200, {}, true);
  EXPECT_TRUE(other.events->AwaitClosed().ok());
  EXPECT_EQ(call.events->data_size(), kMiB);
  call.events->ConsumeOn(call.stream);
  EXPECT_TRUE(call.events->AwaitClosed().ok());
  EXPECT_EQ(call.events->data_size(), 8 * kMiB);
}

// The window of the connection is as large as that of a stream, as on S2.
TEST_F(HttpClientFlowTest, AStreamThatTheServerDoesNotReadStopsNoOther) {
  HttpServer server;
  HttpCall held = Post(server);
  const HttpServer::Stream got_held = server.Await();
  ASSERT_NE(got_held, nullptr);
  got_held->Hold();
  got_held->Respond(200);
  // The answer comes after Hold.
  EXPECT_EQ(held.events->AwaitResponse().status, 200);
  held.stream->Write({Zeros(8 * kMiB)}, true);
  ASSERT_TRUE(got_held->AwaitBody(kMiB / 9 * 8));

  HttpCall call = Post(server);
  call.stream->Write({Zeros(8 * kMiB)}, true);
  const HttpServer::Stream got = server.Await();
  ASSERT_NE(got, nullptr);
  ASSERT_TRUE(got->AwaitBodyEnd());
  EXPECT_EQ(got->body_size(), 8 * kMiB);
  EXPECT_EQ(server.connections_made(), 1);
  EXPECT_LT(got_held->body_size(), kMiB);
  got_held->Release();
  ASSERT_TRUE(got_held->AwaitBodyEnd());
  EXPECT_EQ(got_held->body_size(), 8 * kMiB);
}

TEST_F(HttpClientFlowTest, AHugeBodyLetsSmallOnesPass) {
  HttpServer server;
  HttpCall huge = Post(server);
  const HttpServer::Stream got = server.Await();
  ASSERT_NE(got, nullptr);
  for (int i = 0; i < 50; ++i) huge.stream->Write({Zeros(8 * kMiB)}, false);
  ASSERT_TRUE(got->AwaitBody(kMiB));
  HttpCall small = Post(server);
  small.stream->Write({Zeros(kMiB)}, true);
  const HttpServer::Stream got_small = server.Await();
  ASSERT_NE(got_small, nullptr);
  ASSERT_TRUE(got_small->AwaitBodyEnd());
  EXPECT_LT(got->body_size(), 300 * kMiB);
  EXPECT_EQ(server.connections_made(), 1);
}

TEST_F(HttpClientFlowTest, WaitsForAServerThatStopsReadingAndGoesOn) {
  HttpServerOptions options;
  options.stream_window = 64 * kMiB;
  options.connection_window = 64 * kMiB;
  HttpServer server(options);
  HttpCall call = Post(server);
  const HttpServer::Stream got = server.Await();
  ASSERT_NE(got, nullptr);
  call.stream->Write({Zeros(100)}, false);
  ASSERT_TRUE(got->AwaitBody(100));
  server.StopReading();
  for (int i = 0; i < 7; ++i) EXPECT_FALSE(call.stream->Write({Zeros(8 * kMiB)}, i == 6));
  server.ResumeReading();
  EXPECT_TRUE(call.events->AwaitDrained(1));
  ASSERT_TRUE(got->AwaitBodyEnd());
  EXPECT_EQ(got->body_size(), 56 * kMiB + 100);
}

}  // namespace
}  // namespace s2::testing
