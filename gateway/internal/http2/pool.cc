// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/pool.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "s2/gateway/internal/http2/connection.h"
#include "s2/retry/error.h"

namespace s2::http2 {
namespace {

absl::Status ShutDown() {
  return MakeError(ErrorCode::kServerDisconnected, "the gateway is shut down");
}

}  // namespace

Pool::Pool(asio::io_context& context, std::shared_ptr<Tls> tls, const ClientOptions& options,
           std::shared_ptr<Mailbox> mailbox)
    : context_(context), tls_(std::move(tls)), options_(options), mailbox_(std::move(mailbox)) {}

void Pool::Run(absl::FunctionRef<void()> work) {
  mailbox_->Hold();
  work();
  Mailbox::Streams streams;
  do {
    for (const auto& connection : std::exchange(touched_, {})) connection->Flush();
    streams = mailbox_->Take();
    for (const auto& stream : streams) Handle(stream);
  } while (!streams.empty() || !touched_.empty());
}

void Pool::Shutdown() {
  shut_down_ = true;
  for (const auto& stream : mailbox_->Close()) Handle(stream);
  while (!sites_.empty()) {
    const auto connection = sites_.begin()->second.connections.front();
    connection->Close(ShutDown());
  }
}

void Pool::Place(const std::shared_ptr<ClientStream>& stream) {
  if (shut_down_) return stream->Close(NotSent(ShutDown()));
  const Origin& origin = stream->request().origin;
  Site& site =
      sites_.try_emplace(origin, Site{{}, options_.max_streams_per_connection}).first->second;
  for (const auto& connection : site.connections) {
    if (connection->Take(stream)) return;
  }
  const auto connection = std::make_shared<Connection>(origin, *this);
  site.connections.push_back(connection);
  connection->Start(std::max<size_t>(site.streams, 1));
  connection->Take(stream);
}

void Pool::Touch(std::shared_ptr<Connection> connection) {
  if (!absl::c_linear_search(touched_, connection)) touched_.push_back(std::move(connection));
}

void Pool::Learn(const Origin& origin, size_t streams) {
  if (const auto site = sites_.find(origin); site != sites_.end()) site->second.streams = streams;
}

void Pool::Forget(const Connection& connection) {
  const auto site = sites_.find(connection.origin());
  if (site == sites_.end()) return;
  auto& connections = site->second.connections;
  connections.erase(
      std::remove_if(connections.begin(), connections.end(),
                     [&](const auto& candidate) { return candidate.get() == &connection; }),
      connections.end());
  if (connections.empty()) sites_.erase(site);
}

void Pool::Handle(const std::shared_ptr<ClientStream>& stream) {
  const ClientStream::Asked asked = stream->TakeAsked();
  if (stream->closed()) return;
  if (stream->connection != nullptr) {
    stream->connection->Handle(*stream, asked);
  } else if (asked.cancelled) {
    stream->Close(NotSent(CancelledByCaller()));
  } else {
    Place(stream);
  }
}

}  // namespace s2::http2
