// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_GATEWAY_HTTP_SERVER_CORE_H_
#define S2_TESTS_GATEWAY_HTTP_SERVER_CORE_H_

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/context.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "s2/tests/gateway/http_server.h"
#include "s2/tests/gateway/http_server_connection.h"

namespace s2::testing {

// The scripted server's loop, listener and records. Connections keep it, until it is stopped.
class HttpServer::Core : public std::enable_shared_from_this<HttpServer::Core> {
 public:
  Core(const HttpServerOptions& options, std::function<void(const Stream&)> on_request);

  void Start();
  void Stop();

  asio::io_context& context() { return context_; }
  const HttpServerOptions& options() const { return options_; }
  uint16_t port() const { return port_; }

  // On the loop.
  asio::ssl::context* tls() { return tls_.has_value() ? &*tls_ : nullptr; }
  void OnRequest(const Stream& stream) ABSL_LOCKS_EXCLUDED(mu_);
  void OnPing() ABSL_LOCKS_EXCLUDED(mu_);
  void OnClosed(const std::shared_ptr<HttpServerConnection>& connection) ABSL_LOCKS_EXCLUDED(mu_);
  void ForAll(const std::function<void(HttpServerConnection&)>& verb);

  Stream Await() ABSL_LOCKS_EXCLUDED(mu_);
  bool AwaitConnections(std::optional<int> open, std::optional<int> made) const
      ABSL_LOCKS_EXCLUDED(mu_);
  int made() const ABSL_LOCKS_EXCLUDED(mu_);
  int open() const ABSL_LOCKS_EXCLUDED(mu_);
  bool AwaitPings(int n) const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Accept();

  const HttpServerOptions options_;
  const std::function<void(const Stream&)> on_request_;
  asio::io_context context_{1};
  std::optional<asio::ssl::context> tls_;
  asio::ip::tcp::acceptor acceptor_;
  uint16_t port_ = 0;
  std::thread thread_;
  std::set<std::shared_ptr<HttpServerConnection>> connections_;

  mutable absl::Mutex mu_;
  std::deque<Stream> requests_ ABSL_GUARDED_BY(mu_);
  int made_ ABSL_GUARDED_BY(mu_) = 0;
  int open_ ABSL_GUARDED_BY(mu_) = 0;
  int pings_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace s2::testing

#endif  // S2_TESTS_GATEWAY_HTTP_SERVER_CORE_H_
