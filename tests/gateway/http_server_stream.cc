// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <utility>

#include "absl/time/time.h"
#include "s2/tests/gateway/http_server.h"
#include "s2/tests/gateway/http_server_connection.h"
#include "s2/tests/gateway/patience.h"

namespace s2::testing {
HttpServerStream::HttpServerStream(std::weak_ptr<HttpServerConnection> connection, int32_t id,
                                   bool keep_body)
    : connection_(std::move(connection)), id_(id), keep_body_(keep_body) {}

std::string HttpServerStream::method() const {
  absl::MutexLock lock(&mu_);
  return method_;
}

std::string HttpServerStream::path() const {
  absl::MutexLock lock(&mu_);
  return path_;
}

std::string HttpServerStream::authority() const {
  absl::MutexLock lock(&mu_);
  return authority_;
}

http2::Headers HttpServerStream::headers() const {
  absl::MutexLock lock(&mu_);
  return headers_;
}

std::string HttpServerStream::header(absl::string_view name) const {
  for (const auto& [key, value] : headers()) {
    if (key == name) return value;
  }
  return "";
}

int HttpServerStream::connection_number() const {
  absl::MutexLock lock(&mu_);
  return connection_number_;
}

std::string HttpServerStream::body() const {
  absl::MutexLock lock(&mu_);
  return body_;
}

size_t HttpServerStream::body_size() const {
  absl::MutexLock lock(&mu_);
  return body_size_;
}

bool HttpServerStream::body_ended() const {
  absl::MutexLock lock(&mu_);
  return body_ended_;
}

bool HttpServerStream::AwaitBody(size_t size) const {
  absl::MutexLock lock(&mu_);
  const auto here = [this, size]() ABSL_SHARED_LOCKS_REQUIRED(mu_) {
    return body_size_ >= size || body_ended_;
  };
  return mu_.AwaitWithTimeout(absl::Condition(&here), kPatience);
}

bool HttpServerStream::AwaitBodyEnd() const {
  absl::MutexLock lock(&mu_);
  return mu_.AwaitWithTimeout(absl::Condition(&body_ended_), kPatience);
}

std::optional<uint32_t> HttpServerStream::AwaitClosed() const {
  absl::MutexLock lock(&mu_);
  const auto here = [this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return closed_.has_value(); };
  mu_.AwaitWithTimeout(absl::Condition(&here), kPatience);
  return closed_;
}

void HttpServerStream::OnBody(std::function<void(absl::string_view)> callback) {
  Post([this, callback = std::move(callback)](HttpServerConnection&) {
    const std::string before = body();
    if (!before.empty()) callback(before);
    if (body_ended()) return callback("");
    absl::MutexLock lock(&mu_);
    if (!closed_.has_value()) on_body_ = callback;
  });
}

void HttpServerStream::Close(uint32_t error_code) {
  // It may hold the stream itself.
  const auto dropped = std::exchange(on_body_, nullptr);
  absl::MutexLock lock(&mu_);
  closed_ = error_code;
}

void HttpServerStream::Respond(int status, http2::Headers headers, bool end) {
  Post([=, id = id_](HttpServerConnection& connection) {
    connection.Respond(id, status, headers, end);
  });
}

void HttpServerStream::SendSlice(grpc::Slice data, bool end) {
  Post([=, id = id_](HttpServerConnection& connection) { connection.Send(id, data, end); });
}

void HttpServerStream::SendTrailers(http2::Headers trailers) {
  Post([=, id = id_](HttpServerConnection& connection) { connection.SendTrailers(id, trailers); });
}

void HttpServerStream::Reset(uint32_t error_code) {
  Post([=, id = id_](HttpServerConnection& connection) { connection.Reset(id, error_code); });
}

void HttpServerStream::Hold() {
  Post([this](HttpServerConnection&) { holding_ = true; });
}

void HttpServerStream::Release() {
  Post([this](HttpServerConnection& connection) {
    holding_ = false;
    connection.Consume(id_, std::exchange(held_, 0));
  });
}

void HttpServerStream::GoAway(uint32_t error_code, std::string debug, std::optional<int32_t> last) {
  Post([=, id = id_](HttpServerConnection& connection) {
    connection.GoAway(last.value_or(id), error_code, debug);
  });
}

void HttpServerStream::SendRaw(std::string bytes) {
  Post([=](HttpServerConnection& connection) { connection.SendRaw(bytes); });
}

void HttpServerStream::CloseConnection() {
  Post([](HttpServerConnection& connection) { connection.Close(); });
}

void HttpServerStream::Post(std::function<void(HttpServerConnection&)> verb) {
  const auto connection = connection_.lock();
  if (connection == nullptr) return;
  connection->Post([self = shared_from_this(), verb = std::move(verb)](
                       HttpServerConnection& connection) { verb(connection); });
}

}  // namespace s2::testing
