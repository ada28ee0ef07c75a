// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// A session whose other side has stopped keeps no more than gateway.h says, and stops no other.

#include <grpcpp/channel.h>
#include <grpcpp/support/channel_arguments.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "s2/gateway/gateway.h"
#include "s2/gateway/internal/s2s/frame.h"
#include "s2/tests/gateway/http_server.h"
#include "s2/tests/gateway/slices.h"
#include "s2/tests/server/client_calls.h"

namespace s2::gateway {
namespace {

using testing::HttpServer;
using testing::HttpServerOptions;
using testing::HttpServerStream;

constexpr int64_t kMiB = 1 << 20;
constexpr int kMessages = 1024;  // 1 GiB of them
constexpr int64_t kMessageBytes = kMiB - 1000;

// What is allocated in this process; nothing is known of a sanitizer's allocator.
int64_t Allocated() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<int64_t>(info.uordblks + info.hblkhd);
}

class MemoryTest : public ::testing::Test {
 protected:
  MemoryTest() {
    GatewayOptions options;
    options.upstream.account = {"127.0.0.1", server_.port()};
    gateway_ = *Gateway::Make(options);
    stub_ =
        rpc::v1::StreamService::NewStub(gateway_->InProcessChannel(grpc::ChannelArguments(), {}));
  }

  // Without the bodies of what it gets.
  static HttpServerOptions ServerOptions() {
    HttpServerOptions options;
    options.keep_bodies = false;
    return options;
  }

  // The next session that S2 gets, accepted.
  HttpServer::Stream Accept() {
    HttpServer::Stream stream = server_.Await();
    stream->Respond(200, {{"content-type", "s2s/proto"}});
    return stream;
  }

  // Sends a frame so many times, from one copy of it.
  static void SendAll(HttpServerStream& stream, const http2::Slices& frame, int n) {
    for (int i = 0; i < n; ++i) {
      for (const grpc::Slice& slice : frame) stream.SendSlice(slice);
    }
    stream.Send("", /*end=*/true);
  }

  // A reader stops on a stream of 1 GiB while another, on the same connection, reads 100 messages;
  // then it goes on to the end. The most that has been kept for it.
  int64_t KeptForAReader(http2::Coding coding);

  HttpServer server_{ServerOptions()};
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<rpc::v1::StreamService::Stub> stub_;
};

// A body that is hardly smaller when it is compressed.
std::string Body() {
  std::string body(kMessageBytes, 'x');
  std::mt19937 random(1);
  std::generate(body.begin() + 4096, body.end(), [&] { return static_cast<char>(random()); });
  return body;
}

http2::Slices BatchFrame(http2::Coding coding) {
  v1::ReadBatch batch;
  batch.add_records()->set_body(Body());
  return *MakeFrame({MakeSlice(batch.SerializeAsString())}, coding);
}

v1::AppendInput Input() {
  v1::AppendInput input;
  input.add_records()->set_body(Body());
  return input;
}

int64_t MemoryTest::KeptForAReader(http2::Coding coding) {
  const http2::Slices frame = BatchFrame(coding);
  ReadCall stopped(*stub_, rpc::v1::ReadRequest());
  const HttpServer::Stream s2 = Accept();
  EXPECT_TRUE(stopped.Accepted());
  const int64_t before = Allocated();
  SendAll(*s2, frame, kMessages);
  EXPECT_TRUE(stopped.Next().has_value());

  ReadCall other(*stub_, rpc::v1::ReadRequest());
  const HttpServer::Stream s2_other = Accept();
  SendAll(*s2_other, frame, 100);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(other.Next().has_value());
  EXPECT_FALSE(other.Next().has_value());
  EXPECT_EQ(server_.connections_made(), 1);

  int64_t most = 0;
  for (int i = 1; i < kMessages; ++i) {
    most = std::max(most, Allocated() - before);
    EXPECT_TRUE(stopped.Next().has_value());
  }
  EXPECT_FALSE(stopped.Next().has_value());
  RecordProperty("bytes", std::to_string(most));
  return most;
}

TEST_F(MemoryTest, AConsumerStopsForAWhileOnAStreamOfAGibibyte) {
  EXPECT_LT(KeptForAReader(http2::Coding::kNone), 6 * kMiB);
}

TEST_F(MemoryTest, AConsumerStopsForAWhileOnAStreamOfAGibibyteThatIsCompressed) {
  EXPECT_LT(KeptForAReader(http2::Coding::kZstd), 12 * kMiB);
}

TEST_F(MemoryTest, S2StopsForAWhileWhileAGibibyteIsAppended) {
  const v1::AppendInput input = Input();
  AppendCall stopped(*stub_);
  const HttpServer::Stream s2 = Accept();
  s2->Hold();
  ASSERT_TRUE(stopped.Accepted());
  const int64_t before = Allocated();
  std::thread writer([&] {
    for (int i = 0; i < kMessages; ++i) ASSERT_TRUE(stopped.Write(input));
    stopped.HalfClose();
  });
  ASSERT_TRUE(s2->AwaitBody(kMiB / 2));

  // Another, meanwhile, appends on the same connection.
  AppendCall other(*stub_);
  const HttpServer::Stream s2_other = Accept();
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(other.Write(input));
  other.HalfClose();
  ASSERT_TRUE(s2_other->AwaitBodyEnd());
  EXPECT_EQ(server_.connections_made(), 1);
  EXPECT_LT(static_cast<int64_t>(s2->body_size()), kMiB);
  EXPECT_LT(Allocated() - before, 6 * kMiB);

  s2->Release();
  ASSERT_TRUE(s2->AwaitBodyEnd());
  writer.join();
  EXPECT_GE(static_cast<int64_t>(s2->body_size()), kMessages * kMessageBytes);
}

}  // namespace
}  // namespace s2::gateway
