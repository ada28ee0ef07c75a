// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/connector.h"

#include <fcntl.h>

#include <asio/executor_work_guard.hpp>
#include <asio/ip/address.hpp>
#include <asio/post.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "s2/retry/internal/background.h"

namespace s2::http2 {
namespace {

using Tcp = asio::ip::tcp;

std::string ToString(const Tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return endpoint.address().is_v6() ? absl::StrCat("[", address, "]:", endpoint.port())
                                    : absl::StrCat(address, ":", endpoint.port());
}

}  // namespace

Connector::Connector(asio::io_context& context, std::shared_ptr<Tls> tls, Origin origin,
                     std::chrono::steady_clock::time_point deadline, Done done)
    : tls_(std::move(tls)),
      origin_(std::move(origin)),
      deadline_(deadline),
      context_(context),
      timer_(context),
      socket_(std::make_unique<Socket>(context)),
      done_(std::move(done)) {}

void Connector::Start() {
  if (origin_.tls && !tls_->made()) return ReadRoots();
  LookUpHost();
}

void Connector::ReadRoots() {
  doing_ = "reading the certificates to trust";
  // The connector does not end its life on that thread, but on its own.
  internal::RunInBackground(
      [self = shared_from_this(), work = asio::make_work_guard(context_)]() mutable {
        absl::Status read = self->tls_->Context().status();
        asio::post(work.get_executor(), [self = std::move(self), read = std::move(read)] {
          if (self->done_ == nullptr) return;
          if (!read.ok()) return self->Finish(read);
          self->LookUpHost();
        });
      });
}

void Connector::LookUpHost() {
  asio::error_code not_an_address;
  const asio::ip::address address = asio::ip::make_address(origin_.host, not_an_address);
  if (!not_an_address) return Start({Tcp::endpoint(address, origin_.port)});
  doing_ = absl::StrCat("looking up '", origin_.host, "'");
  // The connector does not end its life on the thread of the look-up, but on its own.
  LookUp(origin_.host, [self = shared_from_this(), work = asio::make_work_guard(context_)](
                           absl::StatusOr<Addresses> addresses) mutable {
    asio::post(work.get_executor(), [self = std::move(self), addresses = std::move(addresses)] {
      self->OnLookedUp(addresses);
    });
  });
}

void Connector::Start(std::vector<Tcp::endpoint> endpoints) {
  endpoints_ = std::move(endpoints);
  asio::post(context_, [self = shared_from_this()] { self->TryNext(); });
}

void Connector::Cancel() {
  done_ = nullptr;
  timer_.cancel();
  socket_->Close();
}

std::string Connector::Doing() const {
  std::vector<std::string> all = failures_;
  all.push_back(doing_);
  return absl::StrJoin(all, "; ");
}

void Connector::OnLookedUp(const absl::StatusOr<Addresses>& addresses) {
  if (done_ == nullptr) return;
  if (!addresses.ok()) {
    return Finish(absl::UnavailableError(absl::StrCat(doing_, ": ", addresses.status().message())));
  }
  for (const asio::ip::address& address : *addresses) {
    endpoints_.emplace_back(address, origin_.port);
  }
  TryNext();
}

void Connector::TryNext() {
  if (done_ == nullptr) return;
  if (next_ == endpoints_.size())
    return Finish(absl::UnavailableError(absl::StrJoin(failures_, "; ")));
  const Tcp::endpoint& endpoint = endpoints_[next_++];
  doing_ = absl::StrCat("connecting to ", ToString(endpoint));
  connecting_ = true;
  ArmTimer();
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

void Connector::ArmTimer() {
  patience_ = deadline_;
  const size_t others = endpoints_.size() - next_;
  if (others == 0) return;
  const auto now = std::chrono::steady_clock::now();
  patience_ = now + (deadline_ - now) / (others + 1);
  timer_.expires_at(patience_);
  timer_.async_wait([self = shared_from_this(), mine = next_](const asio::error_code& error) {
    // A timer that went off cannot be cancelled any more; by the time it is heard of, the socket
    // may be the next address's, or shake hands.
    if (error || self->done_ == nullptr || !self->connecting_ || self->next_ != mine) return;
    self->late_ = true;
    self->socket_->Close();
  });
}

void Connector::OnConnected(const asio::error_code& error) {
  if (done_ == nullptr) return;
  connecting_ = false;
  timer_.cancel();
  const bool late = std::exchange(late_, false);
  if (error || late) {
    failures_.push_back(absl::StrCat(doing_, ": ", late ? "no answer" : error.message()));
    return TryNext();
  }
  asio::error_code ignored;
  socket_->tcp.set_option(Tcp::no_delay(true), ignored);
  if (!origin_.tls) return Finish(absl::OkStatus());
  ShakeHands();
}

void Connector::ShakeHands() {
  absl::StrAppend(&doing_, ", TLS handshake");
  const absl::StatusOr<asio::ssl::context*> tls = tls_->Context();
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
