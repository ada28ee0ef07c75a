// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_GATEWAY_HTTP_SERVER_H_
#define S2_TESTS_GATEWAY_HTTP_SERVER_H_

#include <grpcpp/support/slice.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "s2/gateway/internal/http2/http2.h"

namespace s2::testing {

class HttpServerConnection;

// A request that the scripted server got, and the verbs of its answer. Thread safe; the verbs do
// nothing once the stream or its connection is gone. What waits, waits 20 s at the most.
class HttpServerStream : public std::enable_shared_from_this<HttpServerStream> {
 public:
  HttpServerStream(std::weak_ptr<HttpServerConnection> connection, int32_t id, bool keep_body);

  // The request.
  std::string method() const;
  std::string path() const;
  std::string authority() const;
  http2::Headers headers() const;  // the others
  // The value of a header; empty: there is none.
  std::string header(absl::string_view name) const;
  // Which of the server's connections it came on, from 1.
  int connection_number() const;

  // What has come of the body, how much that is, and whether it is all.
  std::string body() const;
  size_t body_size() const;
  bool body_ended() const;
  // Waits for this much of the body, or for its end. False: neither came.
  bool AwaitBody(size_t size) const;
  bool AwaitBodyEnd() const;
  // Waits until the stream is over: with the code of a RST_STREAM, or 0; nothing when it is not.
  std::optional<uint32_t> AwaitClosed() const;

  // Calls back on the server's thread with each part of the body, also with what came before; and
  // with nothing at its end.
  void OnBody(std::function<void(absl::string_view)> callback);

  // The answer. Respond may be called with interim statuses first.
  void Respond(int status, http2::Headers headers = {}, bool end = false);
  void Send(absl::string_view data, bool end = false) {
    SendSlice(grpc::Slice(data.data(), data.size()), end);
  }
  void SendSlice(grpc::Slice data, bool end = false);
  void SendTrailers(http2::Headers trailers);
  void Reset(uint32_t error_code);

  // From now on, what comes of the body is not given back to the client's windows; Release gives
  // back what was held, and ends that.
  void Hold();
  void Release();

  // The connection. GOAWAY with this stream as the last one, or with another.
  void GoAway(uint32_t error_code, std::string debug = "", std::optional<int32_t> last = {});
  void SendRaw(std::string bytes);
  void CloseConnection();

 private:
  friend class HttpServerConnection;

  void Post(std::function<void(HttpServerConnection&)> verb);
  void Close(uint32_t error_code);

  const std::weak_ptr<HttpServerConnection> connection_;
  const int32_t id_;
  const bool keep_body_;
  mutable absl::Mutex mu_;
  std::string method_ ABSL_GUARDED_BY(mu_);
  std::string path_ ABSL_GUARDED_BY(mu_);
  std::string authority_ ABSL_GUARDED_BY(mu_);
  http2::Headers headers_ ABSL_GUARDED_BY(mu_);
  int connection_number_ ABSL_GUARDED_BY(mu_) = 0;
  std::string body_ ABSL_GUARDED_BY(mu_);
  size_t body_size_ ABSL_GUARDED_BY(mu_) = 0;
  bool body_ended_ ABSL_GUARDED_BY(mu_) = false;
  std::optional<uint32_t> closed_ ABSL_GUARDED_BY(mu_);

  // The server's thread's own.
  std::function<void(absl::string_view)> on_body_;
  bool holding_ = false;
  size_t held_ = 0;
};

struct HttpServerOptions {
  // 0: a free one.
  uint16_t port = 0;
  std::string address = "127.0.0.1";
  // In PEM. Empty: no TLS.
  std::string certificate;
  std::string key;
  // What TLS chooses by ALPN. Empty: it does not know ALPN; "refuse": nothing that is offered.
  std::string alpn = "h2";
  uint32_t max_streams = 100;
  uint32_t stream_window = 1 << 20;
  int32_t connection_window = 1 << 20;
  // Said to whoever connects, as soon as it has said something, instead of HTTP/2; then the
  // connection is closed.
  std::string raw_answer;
  // Connections are accepted, and nothing is ever read.
  bool never_read = false;
  // Keep the bodies of requests, not their sizes alone.
  bool keep_bodies = true;
};

// A scripted HTTP/2 server on nghttp2, with one thread. Thread safe.
class HttpServer {
 public:
  using Stream = std::shared_ptr<HttpServerStream>;

  // `on_request` is called on the server's thread with the head of each request; without it, they
  // wait for Await.
  explicit HttpServer(const HttpServerOptions& options = {},
                      std::function<void(const Stream&)> on_request = nullptr);
  ~HttpServer();

  uint16_t port() const;
  http2::Origin origin() const;

  // The next request; null when none comes.
  Stream Await();

  // Connections made so far, and those that are open.
  int connections_made() const;
  int connections_open() const;
  bool AwaitConnectionsOpen(int n) const;
  bool AwaitConnectionsMade(int n) const;
  // Waits for so many PINGs, in all.
  bool AwaitPings(int n) const;
  // Closes all connections, without a word, and goes on accepting.
  void CloseConnections();
  // GOAWAY on all of them, that all streams so far may end.
  void GoAway();
  // From now on nothing is read from any connection, or it is again.
  void StopReading();
  void ResumeReading();

  class Core;

 private:
  const std::shared_ptr<Core> core_;
};

}  // namespace s2::testing

#endif  // S2_TESTS_GATEWAY_HTTP_SERVER_H_
