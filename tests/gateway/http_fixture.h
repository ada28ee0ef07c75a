// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_GATEWAY_HTTP_FIXTURE_H_
#define S2_TESTS_GATEWAY_HTTP_FIXTURE_H_

#include <gmock/gmock.h>
#include <grpcpp/support/slice.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/internal/raw_logging.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "s2/gateway/internal/http2/http2.h"
#include "s2/retry/error.h"
#include "s2/tests/connect/silent_listener.h"
#include "s2/tests/gateway/http_events.h"
#include "s2/tests/gateway/http_server.h"

namespace s2::testing {

constexpr size_t kMiB = 1 << 20;

// So much of nothing, at no cost.
inline grpc::Slice Zeros(size_t size) {
  static const auto& zeros = *new std::string(16 * kMiB, '\0');
  return grpc::Slice(zeros.data(), size, grpc::Slice::STATIC_SLICE);
}

// A request of a test: the client's stream, what happens on it, and the server's side once it has
// got it.
struct HttpCall {
  std::shared_ptr<RecordingEvents> events = std::make_shared<RecordingEvents>();
  std::shared_ptr<http2::Stream> stream;
  HttpServer::Stream got;

  bool Write(absl::string_view text, bool end) const {
    return stream->Write({grpc::Slice(text.data(), text.size())}, end);
  }
  bool WriteZeros(size_t size, bool end) const { return stream->Write({Zeros(size)}, end); }

  // The server's answer begins.
  void BeginAnswer() const {
    got->Respond(200);
    EXPECT_EQ(events->AwaitResponse().status, 200);
  }
  // The server's answer is a head alone, and the call ends well.
  void AnswerAndEnd() const {
    got->Respond(200, {}, true);
    EXPECT_TRUE(events->AwaitClosed().ok());
  }
};

// What a server does with its requests: a head for an answer, or their bodies back.
inline void AnswerAtOnce(const HttpServer::Stream& stream) { stream->Respond(200, {}, true); }
inline void Echo(const HttpServer::Stream& stream) {
  stream->Respond(200);
  stream->OnBody([stream](absl::string_view part) { stream->Send(part, part.empty()); });
}

// Of a server that accepts connections and reads nothing.
inline HttpServerOptions NeverRead() {
  HttpServerOptions options;
  options.never_read = true;
  return options;
}
// Of one whose flow control holds nobody up.
inline HttpServerOptions WideWindows() {
  HttpServerOptions options;
  options.stream_window = 1 << 30;
  options.connection_window = 1 << 30;
  return options;
}

// The next request of a server; one must come.
inline HttpServer::Stream Await(HttpServer& server) {
  HttpServer::Stream got = server.Await();
  ABSL_RAW_CHECK(got != nullptr, "the server got no request");
  return got;
}

inline http2::Origin OriginOf(const SilentListener& listener) {
  http2::Origin origin;
  origin.host = "127.0.0.1";
  origin.port = listener.port();
  return origin;
}

inline http2::Request PostTo(const http2::Origin& origin) {
  http2::Request request;
  request.origin = origin;
  request.method = "POST";
  request.path = "/";
  return request;
}

inline http2::Request GetFrom(const http2::Origin& origin) {
  http2::Request request = PostTo(origin);
  request.method = "GET";
  request.no_body = true;
  return request;
}

inline HttpCall Open(http2::Client& client, http2::Request request) {
  HttpCall call;
  call.stream = client.Open(std::move(request), call.events);
  return call;
}

// A client with the test's options, made at first use.
class HttpTest : public ::testing::Test {
 protected:
  http2::Client& client() {
    if (client_ == nullptr) client_ = *http2::MakeClient(options_);
    return *client_;
  }

  HttpCall Post(const HttpServer& server) { return Open(client(), PostTo(server.origin())); }
  HttpCall Get(const HttpServer& server) { return Open(client(), GetFrom(server.origin())); }
  // The same, and the server has got it.
  HttpCall PostAndAwait(HttpServer& server) { return Awaited(Post(server), server); }
  HttpCall GetAndAwait(HttpServer& server) { return Awaited(Get(server), server); }

  http2::ClientOptions options_;
  std::unique_ptr<http2::Client> client_;

 private:
  static HttpCall Awaited(HttpCall call, HttpServer& server) {
    call.got = Await(server);
    return call;
  }
};

// As a string that GoogleTest can print.
inline std::string Said(const absl::Status& status) { return std::string(status.message()); }

inline bool IsNotSent(const absl::Status& status) { return GetErrorInfo(status).not_sent(); }

// No server took a byte of the request.
inline void ExpectNotSent(const absl::Status& error, ErrorCode code, const std::string& message) {
  EXPECT_EQ(GetErrorCode(error), code) << error;
  EXPECT_THAT(Said(error), ::testing::HasSubstr(message));
  EXPECT_TRUE(IsNotSent(error));
  EXPECT_TRUE(HasNoSideEffects(error));
  EXPECT_TRUE(IsRetryable(error));
}

// The server, or the way to it, broke after the request had left.
inline void ExpectBroken(const absl::Status& error, const std::string& message) {
  EXPECT_EQ(GetErrorCode(error), ErrorCode::kServerDisconnected) << error;
  EXPECT_THAT(Said(error), ::testing::HasSubstr(message));
  EXPECT_FALSE(IsNotSent(error));
}

}  // namespace s2::testing

#endif  // S2_TESTS_GATEWAY_HTTP_FIXTURE_H_
