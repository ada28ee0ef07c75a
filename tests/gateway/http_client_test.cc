// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "s2/gateway/internal/http2/http2.h"
#include "s2/tests/gateway/http_fixture.h"

namespace s2::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

using HttpClientTest = HttpTest;

grpc::Slice Slice(const std::string& text) { return grpc::Slice(text.data(), text.size()); }

TEST_F(HttpClientTest, SendsARequestAndHandsOverItsAnswer) {
  HttpServer server;
  http2::Request request = PostTo(server.origin());
  request.path = "/v1/a%2Fb?y=1";
  request.headers = {{"content-type", "text/plain"}, {"authorization", "Bearer t"}};
  HttpCall call = Open(client(), request);
  EXPECT_TRUE(call.stream->Write({Slice("hello "), Slice(""), Slice("world")}, false));
  EXPECT_TRUE(call.Write("!", true));
  const HttpServer::Stream got = Await(server);
  ASSERT_TRUE(got->AwaitBodyEnd());
  EXPECT_EQ(got->body(), "hello world!");
  EXPECT_EQ(got->method(), "POST");
  EXPECT_EQ(got->path(), "/v1/a%2Fb?y=1");
  EXPECT_EQ(got->authority(), "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_THAT(got->headers(),
              ElementsAre(Pair("content-type", "text/plain"), Pair("authorization", "Bearer t")));

  got->Respond(201, {{"a", "1"}, {"a", "2"}, {"b", ""}});
  got->Send("ans");
  EXPECT_EQ(call.events->AwaitData(3), "ans");
  got->Send("wer", true);
  EXPECT_TRUE(call.events->AwaitClosed().ok());
  EXPECT_EQ(call.events->response().status, 201);
  EXPECT_THAT(call.events->response().headers,
              ElementsAre(Pair("a", "1"), Pair("a", "2"), Pair("b", "")));
  EXPECT_EQ(call.events->AwaitData(6), "answer");
}

TEST_F(HttpClientTest, EndsARequestWithoutABodyAtItsHead) {
  HttpServer server;
  HttpCall call = GetAndAwait(server);
  ASSERT_TRUE(call.got->AwaitBodyEnd());
  EXPECT_EQ(call.got->body_size(), 0);
  call.got->Respond(204, {}, true);
  EXPECT_TRUE(call.events->AwaitClosed().ok());
  EXPECT_EQ(call.events->response().status, 204);
  EXPECT_EQ(call.got->AwaitClosed(), 0);
}

TEST_F(HttpClientTest, EndsABodyThatWasEmpty) {
  HttpServer server;
  HttpCall call = Post(server);
  call.stream->Write({}, true);
  const HttpServer::Stream got = Await(server);
  ASSERT_TRUE(got->AwaitBodyEnd());
  EXPECT_EQ(got->body_size(), 0);
  got->Respond(200, {}, true);
  EXPECT_TRUE(call.events->AwaitClosed().ok());
}

TEST_F(HttpClientTest, HandsOverTheHeadBeforeAnyBodyIsWritten) {
  HttpServer server;
  HttpCall call = PostAndAwait(server);
  call.BeginAnswer();
  call.Write("late", true);
  ASSERT_TRUE(call.got->AwaitBodyEnd());
  EXPECT_EQ(call.got->body(), "late");
  call.got->Send("", true);
  EXPECT_TRUE(call.events->AwaitClosed().ok());
}

TEST_F(HttpClientTest, PassesOverInterimAnswersAndTrailers) {
  HttpServer server;
  HttpCall call = GetAndAwait(server);
  call.got->Respond(103, {{"link", "x"}});
  call.got->Respond(200, {{"a", "1"}});
  call.got->Send("body");
  call.got->SendTrailers({{"b", "2"}});
  EXPECT_TRUE(call.events->AwaitClosed().ok());
  EXPECT_EQ(call.events->response().status, 200);
  EXPECT_THAT(call.events->response().headers, ElementsAre(Pair("a", "1")));
  EXPECT_EQ(call.events->AwaitData(4), "body");
}

TEST_F(HttpClientTest, TakesAnAnswerThatComesBeforeTheRequestHasEnded) {
  HttpServer server;
  HttpCall call = Post(server);
  call.Write("begin", false);
  const HttpServer::Stream got = Await(server);
  got->Respond(400);
  got->Send("no", true);
  EXPECT_TRUE(call.events->AwaitClosed().ok());
  EXPECT_EQ(call.events->response().status, 400);
  EXPECT_EQ(call.events->AwaitData(2), "no");
  // The server is told that the rest will not come.
  EXPECT_NE(got->AwaitClosed().value_or(0), 0u);
  EXPECT_FALSE(call.Write("more", true));
}

TEST_F(HttpClientTest, SendsAndReceivesWhatIsLargerThanAnyWindow) {
  const size_t size = (20 << 20) + 12345;
  HttpServer server({}, Echo);
  std::string text(size, ' ');
  for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * i >> 7);
  HttpCall call = Post(server);
  call.events->ConsumeOn(call.stream);
  for (size_t at = 0; at < size; at += 999'999) {
    call.Write(text.substr(at, 999'999), at + 999'999 >= size);
  }
  EXPECT_TRUE(call.events->AwaitClosed().ok());
  EXPECT_TRUE(call.events->AwaitData(size) == text);
}

TEST_F(HttpClientTest, RefusesWhatHttpCannotCarry) {
  HttpServer server;
  std::vector<http2::Request> bad(4, GetFrom(server.origin()));
  bad[0].headers = {{"token", "secret\r\nx: y"}};
  bad[1].headers = {{"Token", "x"}};
  bad[2].headers = {{"", "x"}};
  bad[3].path = "/a b";
  for (const http2::Request& request : bad) {
    HttpCall call = Open(client(), request);
    const absl::Status error = call.events->AwaitClosed();
    EXPECT_EQ(error.code(), absl::StatusCode::kInvalidArgument) << error;
    EXPECT_TRUE(IsNotSent(error));
    EXPECT_THAT(Said(error), Not(HasSubstr("secret")));
  }
  // The connection is none the worse for it.
  HttpCall call = GetAndAwait(server);
  call.AnswerAndEnd();
  EXPECT_EQ(server.connections_made(), 1);
}

TEST_F(HttpClientTest, RefusesAHeadThatIsTooLarge) {
  HttpServer server;
  HttpCall call = GetAndAwait(server);
  http2::Headers headers;
  for (int i = 0; i < 70; ++i)
    headers.emplace_back("h" + std::to_string(i), std::string(1000, 'x'));
  call.got->Respond(200, headers);
  ExpectBroken(call.events->AwaitClosed(), "the head of the answer is too large");
}

TEST_F(HttpClientTest, WorksOnSeveralThreads) {
  options_.io_threads = 3;
  HttpServer server({}, AnswerAtOnce);
  std::vector<HttpCall> calls;
  for (int i = 0; i < 30; ++i) calls.push_back(Get(server));
  for (const HttpCall& call : calls) EXPECT_TRUE(call.events->AwaitClosed().ok());
  EXPECT_EQ(server.connections_made(), 3);
}

}  // namespace
}  // namespace s2::testing
