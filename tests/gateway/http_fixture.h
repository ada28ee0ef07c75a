// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_GATEWAY_HTTP_FIXTURE_H_
#define S2_TESTS_GATEWAY_HTTP_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "s2/gateway/internal/http2/client.h"
#include "s2/retry/error.h"
#include "s2/tests/gateway/http_events.h"
#include "s2/tests/gateway/http_server.h"

namespace s2::testing {

// A request of a test: the client's stream, and what happens on it.
struct HttpCall {
  std::shared_ptr<RecordingEvents> events = std::make_shared<RecordingEvents>();
  std::shared_ptr<gateway::HttpStream> stream;
};

inline gateway::HttpRequest PostTo(const gateway::HttpOrigin& origin) {
  gateway::HttpRequest request;
  request.origin = origin;
  request.method = "POST";
  request.path = "/";
  return request;
}

inline gateway::HttpRequest GetFrom(const gateway::HttpOrigin& origin) {
  gateway::HttpRequest request = PostTo(origin);
  request.method = "GET";
  request.no_body = true;
  return request;
}

inline HttpCall Open(gateway::HttpClient& client, gateway::HttpRequest request) {
  HttpCall call;
  call.stream = client.Open(std::move(request), call.events);
  return call;
}

// A client with the test's options, made at first use.
class HttpTest : public ::testing::Test {
 protected:
  gateway::HttpClient& client() {
    if (client_ == nullptr) client_ = *gateway::MakeHttpClient(options_);
    return *client_;
  }

  HttpCall Post(const HttpServer& server) { return Open(client(), PostTo(server.origin())); }
  HttpCall Get(const HttpServer& server) { return Open(client(), GetFrom(server.origin())); }

  gateway::HttpClientOptions options_;
  std::unique_ptr<gateway::HttpClient> client_;
};

// As a string that GoogleTest can print.
inline std::string Said(const absl::Status& status) { return std::string(status.message()); }

inline bool IsNotSent(const absl::Status& status) { return GetErrorInfo(status).not_sent(); }

}  // namespace s2::testing

#endif  // S2_TESTS_GATEWAY_HTTP_FIXTURE_H_
