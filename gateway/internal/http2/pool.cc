// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/pool.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "s2/gateway/internal/http2/connection.h"
#include "s2/gateway/internal/http2/error.h"
#include "s2/retry/error.h"

namespace s2::gateway {
namespace {

absl::Status ShutDown() {
  return MakeError(ErrorCode::kServerDisconnected, "the gateway is shut down");
}

}  // namespace

HttpPool::HttpPool(asio::io_context& context, std::shared_ptr<HttpTls> tls,
                   const HttpClientOptions& options, std::shared_ptr<HttpMailbox> mailbox)
    : context_(context), tls_(std::move(tls)), options_(options), mailbox_(std::move(mailbox)) {}

void HttpPool::Run(absl::FunctionRef<void()> work) {
  mailbox_->Hold();
  work();
  HttpMailbox::Streams streams;
  do {
    for (const auto& connection : std::exchange(touched_, {})) connection->Flush();
    streams = mailbox_->Take();
    for (const auto& stream : streams) Handle(stream);
  } while (!streams.empty() || !touched_.empty());
}

void HttpPool::Shutdown() {
  shut_down_ = true;
  for (const auto& stream : mailbox_->Close()) Handle(stream);
  while (!sites_.empty()) {
    const auto connection = sites_.begin()->second.connections.front();
    connection->Close(ShutDown());
  }
}

void HttpPool::Place(const std::shared_ptr<HttpClientStream>& stream) {
  if (shut_down_) return stream->Close(NotSent(ShutDown()));
  const HttpOrigin& origin = stream->request().origin;
  Site& site =
      sites_.try_emplace(origin, Site{{}, options_.max_streams_per_connection}).first->second;
  for (const auto& connection : site.connections) {
    if (connection->Take(stream)) return;
  }
  const auto connection = std::make_shared<HttpConnection>(origin, *this);
  site.connections.push_back(connection);
  connection->Start(std::max<size_t>(site.streams, 1));
  connection->Take(stream);
}

void HttpPool::Touch(std::shared_ptr<HttpConnection> connection) {
  if (!absl::c_linear_search(touched_, connection)) touched_.push_back(std::move(connection));
}

void HttpPool::Learn(const HttpOrigin& origin, size_t streams) {
  if (const auto site = sites_.find(origin); site != sites_.end()) site->second.streams = streams;
}

void HttpPool::Forget(const HttpConnection& connection) {
  const auto site = sites_.find(connection.origin());
  if (site == sites_.end()) return;
  auto& connections = site->second.connections;
  connections.erase(
      std::remove_if(connections.begin(), connections.end(),
                     [&](const auto& candidate) { return candidate.get() == &connection; }),
      connections.end());
  if (connections.empty()) sites_.erase(site);
}

void HttpPool::Handle(const std::shared_ptr<HttpClientStream>& stream) {
  const HttpClientStream::Asked asked = stream->TakeAsked();
  if (stream->closed()) return;
  if (stream->connection != nullptr) {
    stream->connection->Handle(*stream, asked);
  } else if (asked.cancelled) {
    stream->Close(NotSent(CancelledByCaller()));
  } else {
    Place(stream);
  }
}

}  // namespace s2::gateway
