// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/connector.h"

#include <fcntl.h>

#include <asio/ip/address.hpp>
#include <asio/post.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace s2::http2 {
namespace {

using Tcp = asio::ip::tcp;

std::string ToString(const Tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return endpoint.address().is_v6() ? absl::StrCat("[", address, "]:", endpoint.port())
                                    : absl::StrCat(address, ":", endpoint.port());
}

}  // namespace

Connector::Connector(asio::io_context& context, Tls& tls, Origin origin,
                     std::chrono::steady_clock::time_point deadline, Done done)
    : tls_(tls),
      origin_(std::move(origin)),
      deadline_(deadline),
      resolver_(context),
      timer_(context),
      socket_(std::make_unique<Socket>(context)),
      done_(std::move(done)) {}

void Connector::Start() {
  asio::error_code not_an_address;
  const asio::ip::address address = asio::ip::make_address(origin_.host, not_an_address);
  if (!not_an_address) return Start({Tcp::endpoint(address, origin_.port)});
  doing_ = absl::StrCat("looking up '", origin_.host, "'");
  resolver_.async_resolve(origin_.host, std::to_string(origin_.port),
                          Tcp::resolver::numeric_service,
                          [self = shared_from_this()](const asio::error_code& error,
                                                      const Tcp::resolver::results_type& results) {
                            self->OnResolved(error, results);
                          });
}

void Connector::Start(std::vector<Tcp::endpoint> endpoints) {
  endpoints_ = std::move(endpoints);
  asio::post(socket_->tcp.get_executor(), [self = shared_from_this()] { self->TryNext(); });
}

void Connector::Cancel() {
  done_ = nullptr;
  resolver_.cancel();
  timer_.cancel();
  socket_->Close();
}

std::string Connector::Doing() const {
  std::vector<std::string> all = failures_;
  all.push_back(doing_);
  return absl::StrJoin(all, "; ");
}

void Connector::OnResolved(const asio::error_code& error,
                           const Tcp::resolver::results_type& results) {
  if (done_ == nullptr) return;
  if (error) return Finish(absl::UnavailableError(absl::StrCat(doing_, ": ", error.message())));
  for (const auto& result : results) endpoints_.push_back(result.endpoint());
  TryNext();
}

void Connector::TryNext() {
  if (done_ == nullptr) return;
  if (next_ == endpoints_.size())
    return Finish(absl::UnavailableError(absl::StrJoin(failures_, "; ")));
  const Tcp::endpoint& endpoint = endpoints_[next_++];
  doing_ = absl::StrCat("connecting to ", ToString(endpoint));
  const size_t others = endpoints_.size() - next_;
  if (others > 0) {
    const auto now = std::chrono::steady_clock::now();
    timer_.expires_after((deadline_ - now) / (others + 1));
    timer_.async_wait([self = shared_from_this()](const asio::error_code& error) {
      if (!error && self->done_ != nullptr) self->socket_->Close();
    });
  }
  asio::error_code error;
  socket_->tcp.close(error);
  socket_->tcp.open(endpoint.protocol(), error);
  // Programs that this process starts do not inherit the socket. Should it not have opened, then
  // connecting says why.
  if (!error) fcntl(socket_->tcp.native_handle(), F_SETFD, FD_CLOEXEC);
  socket_->tcp.async_connect(endpoint, [self = shared_from_this()](const asio::error_code& error) {
    self->OnConnected(error);
  });
}

void Connector::OnConnected(const asio::error_code& error) {
  if (done_ == nullptr) return;
  timer_.cancel();
  const bool timeout = !socket_->tcp.is_open();
  if (error || timeout) {
    failures_.push_back(absl::StrCat(doing_, ": ", timeout ? "no answer" : error.message()));
    return TryNext();
  }
  asio::error_code ignored;
  socket_->tcp.set_option(Tcp::no_delay(true), ignored);
  if (!origin_.tls) return Finish(absl::OkStatus());
  ShakeHands();
}

void Connector::ShakeHands() {
  absl::StrAppend(&doing_, ", TLS handshake");
  const absl::StatusOr<asio::ssl::context*> tls = tls_.Context();
  if (!tls.ok()) return Finish(tls.status());
  socket_->tls.emplace(socket_->tcp, **tls);
  if (absl::Status ready = PrepareTls(*socket_->tls, origin_.host, refusal_); !ready.ok()) {
    return Finish(ready);
  }
  socket_->tls->async_handshake(
      asio::ssl::stream_base::client,
      [self = shared_from_this()](const asio::error_code& error) { self->OnHandshake(error); });
}

void Connector::OnHandshake(const asio::error_code& error) {
  if (done_ == nullptr) return;
  if (!error && ChoseHttp2(*socket_->tls)) return Finish(absl::OkStatus());
  const std::string what = error ? DescribeTlsError(error, *refusal_)
                                 : "the server does not offer HTTP/2 (no ALPN in its TLS)";
  Finish(absl::UnavailableError(absl::StrCat(doing_, ": ", what)));
}

void Connector::Finish(const absl::Status& status) {
  const Done done = std::exchange(done_, nullptr);
  if (status.ok()) {
    done(std::move(socket_));
  } else {
    done(status);
  }
}

}  // namespace s2::http2
