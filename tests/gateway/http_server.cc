// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/gateway/http_server.h"

#include <openssl/ssl.h>

#include <asio/post.hpp>
#include <utility>

#include "absl/time/time.h"
#include "s2/tests/gateway/http_server_connection.h"
#include "s2/tests/gateway/http_server_core.h"
#include "s2/tests/gateway/patience.h"

namespace s2::testing {
namespace {

// Chooses the protocol that the options name, whatever the client offers; or none.
int ChooseProtocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char*,
                   unsigned, void* options) {
  const std::string& alpn = static_cast<const HttpServerOptions*>(options)->alpn;
  if (alpn == "refuse") return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = reinterpret_cast<const unsigned char*>(alpn.data());
  *size = static_cast<unsigned char>(alpn.size());
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

HttpServer::Core::Core(const HttpServerOptions& options,
                       std::function<void(const Stream&)> on_request)
    : options_(options),
      on_request_(std::move(on_request)),
      acceptor_(context_, {asio::ip::make_address(options.address), options.port}) {
  port_ = acceptor_.local_endpoint().port();
  if (options_.certificate.empty()) return;
  tls_.emplace(asio::ssl::context::tls_server);
  tls_->use_certificate_chain(asio::buffer(options_.certificate));
  tls_->use_private_key(asio::buffer(options_.key), asio::ssl::context::pem);
  if (!options_.alpn.empty()) {
    SSL_CTX_set_alpn_select_cb(tls_->native_handle(), ChooseProtocol,
                               const_cast<HttpServerOptions*>(&options_));
  }
}

void HttpServer::Core::Start() {
  Accept();
  thread_ = std::thread([this] { context_.run(); });
}

void HttpServer::Core::Stop() {
  asio::post(context_, [this] {
    asio::error_code ignored;
    acceptor_.close(ignored);
    ForAll([](HttpServerConnection& connection) { connection.Close(); });
  });
  thread_.join();
}

void HttpServer::Core::Accept() {
  acceptor_.async_accept([this](const asio::error_code& error, asio::ip::tcp::socket socket) {
    if (error) return;
    int number;
    {
      absl::MutexLock lock(&mu_);
      number = ++made_;
      ++open_;
    }
    auto connection =
        std::make_shared<HttpServerConnection>(shared_from_this(), std::move(socket), number);
    connections_.insert(connection);
    connection->Start();
    Accept();
  });
}

void HttpServer::Core::OnRequest(const Stream& stream) {
  if (on_request_ != nullptr) return on_request_(stream);
  absl::MutexLock lock(&mu_);
  requests_.push_back(stream);
}

void HttpServer::Core::OnPing() {
  absl::MutexLock lock(&mu_);
  ++pings_;
}

void HttpServer::Core::OnClosed(const std::shared_ptr<HttpServerConnection>& connection) {
  connections_.erase(connection);
  absl::MutexLock lock(&mu_);
  --open_;
}

void HttpServer::Core::ForAll(const std::function<void(HttpServerConnection&)>& verb) {
  const std::set<std::shared_ptr<HttpServerConnection>> all = connections_;
  for (const auto& connection : all) connection->Post(verb);
}

HttpServer::Stream HttpServer::Core::Await() {
  absl::MutexLock lock(&mu_);
  const auto here = [this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return !requests_.empty(); };
  if (!mu_.AwaitWithTimeout(absl::Condition(&here), kPatience)) return nullptr;
  Stream stream = std::move(requests_.front());
  requests_.pop_front();
  return stream;
}

bool HttpServer::Core::AwaitConnections(std::optional<int> open, std::optional<int> made) const {
  absl::MutexLock lock(&mu_);
  const auto here = [&]() ABSL_SHARED_LOCKS_REQUIRED(mu_) {
    return (!open.has_value() || open_ == *open) && (!made.has_value() || made_ >= *made);
  };
  return mu_.AwaitWithTimeout(absl::Condition(&here), kPatience);
}

int HttpServer::Core::made() const {
  absl::MutexLock lock(&mu_);
  return made_;
}

int HttpServer::Core::open() const {
  absl::MutexLock lock(&mu_);
  return open_;
}

bool HttpServer::Core::AwaitPings(int n) const {
  absl::MutexLock lock(&mu_);
  const auto here = [this, n]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return pings_ >= n; };
  return mu_.AwaitWithTimeout(absl::Condition(&here), kPatience);
}

HttpServer::HttpServer(const HttpServerOptions& options,
                       std::function<void(const Stream&)> on_request)
    : core_(std::make_shared<Core>(options, std::move(on_request))) {
  core_->Start();
}

HttpServer::~HttpServer() { core_->Stop(); }

uint16_t HttpServer::port() const { return core_->port(); }

http2::Origin HttpServer::origin() const {
  http2::Origin origin;
  origin.tls = !core_->options().certificate.empty();
  origin.host = core_->options().address;
  origin.port = core_->port();
  return origin;
}

HttpServer::Stream HttpServer::Await() { return core_->Await(); }

int HttpServer::connections_made() const { return core_->made(); }

int HttpServer::connections_open() const { return core_->open(); }

bool HttpServer::AwaitConnectionsOpen(int n) const { return core_->AwaitConnections(n, {}); }

bool HttpServer::AwaitConnectionsMade(int n) const { return core_->AwaitConnections({}, n); }

bool HttpServer::AwaitPings(int n) const { return core_->AwaitPings(n); }

void HttpServer::CloseConnections() {
  asio::post(core_->context(), [core = core_.get()] {
    core->ForAll([](HttpServerConnection& connection) { connection.Close(); });
  });
}

void HttpServer::GoAway() {
  asio::post(core_->context(), [core = core_.get()] {
    core->ForAll([](HttpServerConnection& connection) { connection.GoAway({}, 0, ""); });
  });
}

void HttpServer::StopReading() {
  asio::post(core_->context(), [core = core_.get()] {
    core->ForAll([](HttpServerConnection& connection) { connection.StopReading(); });
  });
}

void HttpServer::ResumeReading() {
  asio::post(core_->context(), [core = core_.get()] {
    core->ForAll([](HttpServerConnection& connection) { connection.ResumeReading(); });
  });
}

}  // namespace s2::testing
