// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "s2/tests/gateway/http_fixture.h"

namespace s2::testing {
namespace {

using HttpClientEndTest = HttpTest;

void ExpectCancelled(const HttpCall& call, bool not_sent) {
  const absl::Status error = call.events->AwaitClosed();
  EXPECT_EQ(error.code(), absl::StatusCode::kCancelled) << error;
  EXPECT_EQ(IsNotSent(error), not_sent);
}

TEST_F(HttpClientEndTest, CancelsAtOnce) {
  HttpServer server;
  HttpCall call = Post(server);
  call.stream->Cancel();
  EXPECT_EQ(call.events->AwaitClosed().code(), absl::StatusCode::kCancelled);
}

TEST_F(HttpClientEndTest, CancelsWhileConnecting) {
  SilentListener listener(SilentListener::Queue::kFull);
  HttpCall call = Open(client(), PostTo(OriginOf(listener)));
  HttpCall other = Open(client(), PostTo(OriginOf(listener)));
  call.Write("x", true);
  call.stream->Cancel();
  ExpectCancelled(call, /*not_sent=*/true);
  EXPECT_FALSE(other.events->closed());
}

TEST_F(HttpClientEndTest, CancelsBeforeTheGreeting) {
  HttpServer server(NeverRead());
  HttpCall call = Post(server);
  EXPECT_TRUE(server.AwaitConnectionsMade(1));
  call.stream->Cancel();
  ExpectCancelled(call, /*not_sent=*/true);
}

TEST_F(HttpClientEndTest, CancelsAfterTheHead) {
  HttpServer server;
  HttpCall call = PostAndAwait(server);
  call.stream->Cancel();
  ExpectCancelled(call, /*not_sent=*/false);
  EXPECT_EQ(call.got->AwaitClosed(), NGHTTP2_CANCEL);
}

TEST_F(HttpClientEndTest, CancelsInTheMiddleOfBothBodies) {
  HttpServer server;
  HttpCall call = PostAndAwait(server);
  const std::string large(16 << 20, 'x');
  call.got->Hold();
  call.got->Respond(200);
  call.got->Send(large);
  EXPECT_FALSE(call.events->AwaitData(1 << 20).empty());
  EXPECT_FALSE(call.Write(large, false));
  ASSERT_TRUE(call.got->AwaitBody(100'000));
  call.stream->Cancel();
  ExpectCancelled(call, /*not_sent=*/false);
  EXPECT_EQ(call.got->AwaitClosed(), NGHTTP2_CANCEL);
  // Neither window of the connection is the smaller for it.
  for (int i = 0; i < 3; ++i) {
    HttpCall next = Post(server);
    next.events->ConsumeOn(next.stream);
    next.Write(large, true);
    const HttpServer::Stream got_next = Await(server);
    ASSERT_TRUE(got_next->AwaitBodyEnd());
    got_next->Respond(200);
    got_next->Send(large, true);
    EXPECT_TRUE(next.events->AwaitClosed().ok());
    EXPECT_EQ(next.events->data_size(), large.size());
  }
  EXPECT_EQ(server.connections_made(), 1);
}

TEST_F(HttpClientEndTest, CancelsWhileWritesAreStuck) {
  HttpServer server(WideWindows());
  HttpCall call = PostAndAwait(server);
  server.StopReading();
  call.WriteZeros(16 * kMiB, false);
  call.stream->Cancel();
  ExpectCancelled(call, /*not_sent=*/false);
}

TEST_F(HttpClientEndTest, VerbsDoNothingAfterTheEnd) {
  HttpServer server({}, AnswerAtOnce);
  HttpCall call = Get(server);
  EXPECT_TRUE(call.events->AwaitClosed().ok());
  EXPECT_FALSE(call.Write("x", true));
  call.stream->Consume(10);
  call.stream->Cancel();
  client_.reset();
  EXPECT_FALSE(call.Write("x", true));
  call.stream->Consume(10);
  call.stream->Cancel();
}

TEST_F(HttpClientEndTest, ItsEndEndsStreamsInEveryState) {
  SilentListener listener(SilentListener::Queue::kFull);
  HttpServer silent(NeverRead());
  HttpServer server;
  HttpCall connecting = Open(client(), PostTo(OriginOf(listener)));
  HttpCall greeting = Post(silent);
  EXPECT_TRUE(silent.AwaitConnectionsMade(1));
  HttpCall open = PostAndAwait(server);
  HttpCall answered = PostAndAwait(server);
  answered.BeginAnswer();
  HttpCall fresh = Post(server);

  client_.reset();
  for (const HttpCall& call : {connecting, greeting, open, answered, fresh}) {
    const absl::Status error = call.events->AwaitClosed();
    EXPECT_EQ(GetErrorCode(error), ErrorCode::kServerDisconnected) << error;
  }
  EXPECT_TRUE(IsNotSent(connecting.events->AwaitClosed()));
  EXPECT_TRUE(IsNotSent(greeting.events->AwaitClosed()));
  EXPECT_FALSE(IsNotSent(open.events->AwaitClosed()));
  EXPECT_FALSE(IsNotSent(answered.events->AwaitClosed()));
}

// Ends the client on its own thread.
class EndingEvents : public RecordingEvents {
 public:
  EndingEvents(std::unique_ptr<http2::Client> client, absl::Notification& ended)
      : client_(std::move(client)), ended_(ended) {}

  http2::Client& client() { return *client_; }

  void OnResponse(http2::Response) override {
    client_.reset();
    ended_.Notify();
  }

 private:
  std::unique_ptr<http2::Client> client_;
  absl::Notification& ended_;
};

TEST_F(HttpClientEndTest, MayEndOnItsOwnThread) {
  options_.io_threads = 2;
  HttpServer server({}, [](const HttpServer::Stream& stream) { stream->Respond(200); });
  absl::Notification ended;
  auto events = std::make_shared<EndingEvents>(*http2::MakeClient(options_), ended);
  const auto stream = events->client().Open(GetFrom(server.origin()), events);
  ended.WaitForNotification();
  EXPECT_EQ(GetErrorCode(events->AwaitClosed()), ErrorCode::kServerDisconnected);
}

TEST_F(HttpClientEndTest, EndsInTheMiddleOfEverything) {
  for (int round = 0; round < 20; ++round) {
    options_.io_threads = 1 + round % 2;
    HttpServer server({}, Echo);
    client();
    std::vector<std::thread> threads;
    std::vector<std::vector<HttpCall>> calls(3);
    for (std::vector<HttpCall>& mine : calls) {
      threads.emplace_back([&, this] {
        const std::string text(100'000, 'x');
        for (int i = 0; i < 100; ++i) {
          mine.push_back(Post(server));
          mine.back().events->ConsumeOn(mine.back().stream);
          mine.back().Write(text, i % 2 == 0);
          if (i % 3 == 0) mine.back().stream->Cancel();
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    client_.reset();
    for (const auto& mine : calls) {
      for (const HttpCall& call : mine) {
        call.events->AwaitClosed().IgnoreError();
        EXPECT_TRUE(call.events->closed());
      }
    }
  }
}

}  // namespace
}  // namespace s2::testing
