// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>

#include <string>

#include "s2/tests/gateway/http_fixture.h"

namespace s2::testing {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

class HttpClientErrorsTest : public HttpTest {
 protected:
  // The end of a request to a server that is no server of HTTP/2.
  absl::Status Ask(const http2::Origin& origin) {
    HttpCall call = Open(client(), PostTo(origin));
    call.Write("x", true);
    return call.events->AwaitClosed();
  }

  absl::Status AskOneThatSays(const std::string& answer) {
    HttpServerOptions options;
    options.raw_answer = answer;
    HttpServer server(options);
    return Ask(server.origin());
  }
};

TEST_F(HttpClientErrorsTest, NamesAnAddressThatRefuses) {
  http2::Origin origin;
  {
    HttpServer gone;
    origin = gone.origin();
  }
  const std::string address = "127.0.0.1:" + std::to_string(origin.port);
  ExpectNotSent(Ask(origin), ErrorCode::kServerDisconnected,
                "http://" + address + ": connecting to " + address + ": Connection refused");
}

TEST_F(HttpClientErrorsTest, NamesAHostThatIsUnknown) {
  http2::Origin origin;
  origin.host = std::string(64, 'x');  // too long for any name server to be asked
  origin.port = 80;
  ExpectNotSent(Ask(origin), ErrorCode::kServerDisconnected,
                "looking up '" + origin.host + "': Name or service not known");
}

TEST_F(HttpClientErrorsTest, GivesUpAnAddressThatDoesNotAnswer) {
  options_.connect_timeout = absl::Milliseconds(100);
  SilentListener listener(SilentListener::Queue::kFull);
  ExpectNotSent(Ask(OriginOf(listener)), ErrorCode::kOpenTimeout,
                "no connection in 100ms, connecting to 127.0.0.1:");
}

TEST_F(HttpClientErrorsTest, GivesUpAServerThatSaysNothing) {
  options_.connect_timeout = absl::Milliseconds(100);
  HttpServer server(NeverRead());
  ExpectNotSent(Ask(server.origin()), ErrorCode::kOpenTimeout,
                "waiting for HTTP/2's SETTINGS; it said nothing");
}

TEST_F(HttpClientErrorsTest, TellsAServerOfHttp1) {
  ExpectNotSent(AskOneThatSays("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
                ErrorCode::kServerDisconnected,
                "the server does not speak HTTP/2: it answered \"HTTP/1.1 400 Bad Request\"");
}

TEST_F(HttpClientErrorsTest, TellsAPage) {
  ExpectNotSent(AskOneThatSays("<html>\n<title>Welcome</title>"), ErrorCode::kServerDisconnected,
                "it answered \"<html>\"");
}

TEST_F(HttpClientErrorsTest, TellsTls) {
  ExpectNotSent(AskOneThatSays(std::string("\x15\x03\x01\x00\x02\x02\x46", 7)),
                ErrorCode::kServerDisconnected, "it answered in TLS; is it an https:// endpoint?");
}

TEST_F(HttpClientErrorsTest, TellsNoise) {
  ExpectNotSent(AskOneThatSays("\x01\xff noise, and more of it"), ErrorCode::kServerDisconnected,
                R"(it answered "\x01\xff noise, and more of it")");
}

TEST_F(HttpClientErrorsTest, TellsAServerThatHangsUp) {
  ExpectNotSent(AskOneThatSays("hi"), ErrorCode::kServerDisconnected,
                "the server closed the connection before a word of HTTP/2; it answered \"hi\"");
}

TEST_F(HttpClientErrorsTest, SaysHowAServerBrokeHttp2) {
  HttpServer server;
  HttpCall call = PostAndAwait(server);
  // DATA on stream 0.
  call.got->SendRaw(std::string("\0\0\1\0\0\0\0\0\0x", 10));
  ExpectBroken(call.events->AwaitClosed(), "the server broke HTTP/2 (PROTOCOL_ERROR: DATA");
  EXPECT_TRUE(server.AwaitConnectionsOpen(0));
}

TEST_F(HttpClientErrorsTest, SaysThatAnAnswerWasCutShort) {
  HttpServer server;
  HttpCall call = PostAndAwait(server);
  call.got->Respond(200, {{"content-length", "10"}});
  call.got->Send("short", true);
  ExpectBroken(call.events->AwaitClosed(), "the answer broke HTTP/2 (PROTOCOL_ERROR)");
}

TEST_F(HttpClientErrorsTest, AConnectionThatIsCutMayHaveTakenTheRequest) {
  for (const bool write : {false, true}) {
    for (const bool answer : {false, true}) {
      HttpServer server;
      HttpCall call = Post(server);
      if (write) call.Write("abc", false);
      const HttpServer::Stream got = Await(server);
      if (write) {
        EXPECT_TRUE(got->AwaitBody(3));
      }
      if (answer) {
        got->Respond(200);
        EXPECT_EQ(call.events->AwaitResponse().status, 200);
      }
      server.CloseConnections();
      const absl::Status error = call.events->AwaitClosed();
      EXPECT_EQ(GetErrorCode(error), ErrorCode::kServerDisconnected) << error;
      EXPECT_FALSE(IsNotSent(error));
      EXPECT_FALSE(HasNoSideEffects(error));
      EXPECT_THAT(Said(error), AnyOf(HasSubstr("the server closed the connection"),
                                     HasSubstr("the connection broke: ")));
    }
  }
}

TEST_F(HttpClientErrorsTest, SaysWithWhichCodeAStreamWasReset) {
  HttpServer server;
  HttpCall call = PostAndAwait(server);
  HttpCall other = PostAndAwait(server);
  call.got->Reset(NGHTTP2_INTERNAL_ERROR);
  ExpectBroken(call.events->AwaitClosed(), "the server reset the stream (INTERNAL_ERROR)");
  // It is the stream's end, not the connection's.
  other.AnswerAndEnd();
}

TEST_F(HttpClientErrorsTest, ResetWithoutAnErrorBeforeTheEndIsAnError) {
  HttpServer server;
  HttpCall call = PostAndAwait(server);
  call.BeginAnswer();
  call.got->Reset(NGHTTP2_NO_ERROR);
  EXPECT_THAT(Said(call.events->AwaitClosed()),
              HasSubstr("the server reset the stream (NO_ERROR)"));
}

TEST_F(HttpClientErrorsTest, ARefusedStreamWasNotTaken) {
  HttpServer server;
  HttpCall call = Post(server);
  call.Write("abc", false);
  const HttpServer::Stream got = Await(server);
  got->Reset(NGHTTP2_REFUSED_STREAM);
  ExpectNotSent(call.events->AwaitClosed(), ErrorCode::kServerDraining,
                "the server reset the stream (REFUSED_STREAM)");
}

TEST_F(HttpClientErrorsTest, ARefusalAfterTheAnswerHasBegunIsNotBelieved) {
  HttpServer server;
  HttpCall call = PostAndAwait(server);
  call.BeginAnswer();
  call.got->Reset(NGHTTP2_REFUSED_STREAM);
  EXPECT_FALSE(IsNotSent(call.events->AwaitClosed()));
}

TEST_F(HttpClientErrorsTest, NoticesAServerThatIsDead) {
  options_.ping_interval = absl::Milliseconds(50);
  options_.ping_timeout = absl::Milliseconds(50);
  HttpServer server;
  HttpCall call = PostAndAwait(server);
  call.BeginAnswer();
  server.StopReading();
  ExpectBroken(call.events->AwaitClosed(), "nothing was heard from the server for ");
}

TEST_F(HttpClientErrorsTest, NoticesADeadServerAlsoWhenWritesAreStuck) {
  options_.ping_interval = absl::Milliseconds(50);
  options_.ping_timeout = absl::Milliseconds(50);
  HttpServer server(WideWindows());
  HttpCall call = PostAndAwait(server);
  server.StopReading();
  call.WriteZeros(16 * kMiB, false);
  EXPECT_THAT(Said(call.events->AwaitClosed()), HasSubstr("nothing was heard"));
}

TEST_F(HttpClientErrorsTest, AnythingThatIsHeardIsASignOfLife) {
  options_.ping_interval = absl::Milliseconds(20);
  options_.ping_timeout = absl::Milliseconds(300);
  HttpServerOptions options;
  options.keep_bodies = false;
  HttpServer server(options, [](const HttpServer::Stream& stream) {
    stream->OnBody([stream](absl::string_view part) {
      if (part.empty()) stream->Respond(200, {}, true);
    });
  });
  // Writes for many intervals.
  HttpCall call = Post(server);
  const absl::Time end = absl::Now() + absl::Seconds(1);
  int waits = 0;
  while (absl::Now() < end) {
    if (call.WriteZeros(kMiB, false)) continue;
    ASSERT_TRUE(call.events->AwaitDrained(++waits));
  }
  call.stream->Write({}, true);
  EXPECT_TRUE(call.events->AwaitClosed().ok());
  EXPECT_EQ(server.connections_made(), 1);
}

}  // namespace
}  // namespace s2::testing
