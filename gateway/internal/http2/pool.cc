// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/pool.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/algorithm/container.h"
#include "s2/gateway/internal/http2/connection.h"
#include "s2/retry/error.h"

namespace s2::http2 {
namespace {

// How often a pool looks again for what there is to do before others have their turn.
constexpr int kRounds = 8;

absl::Status ShutDown() {
  return MakeError(ErrorCode::kServerDisconnected, "the gateway is shut down");
}

}  // namespace

std::shared_ptr<Pool> Pool::Make(IoLoop& loop, std::shared_ptr<Tls> tls,
                                 const ClientOptions& options) {
  std::shared_ptr<Pool> pool(new Pool(loop, std::move(tls), options));
  pool->mailbox_ = std::make_shared<Mailbox>([weak = std::weak_ptr<Pool>(pool)] {
    if (const auto awake = weak.lock()) awake->PostRun();
  });
  return pool;
}

Pool::Pool(IoLoop& loop, std::shared_ptr<Tls> tls, const ClientOptions& options)
    : loop_(loop), tls_(std::move(tls)), options_(options) {}

void Pool::End() {
  loop_.Post([self = shared_from_this()] { self->Run([&] { self->Shutdown(); }); });
}

void Pool::Run(absl::FunctionRef<void()> work) {
  mailbox_->Hold();
  work();
  for (int round = 0; round < kRounds; ++round) {
    for (const auto& connection : std::exchange(touched_, {})) connection->Flush();
    const Mailbox::Streams streams = mailbox_->Take();
    for (const auto& stream : streams) Handle(stream);
    if (streams.empty() && touched_.empty()) return;
  }
  PostRun();
}

void Pool::PostRun() {
  loop_.Post([weak = weak_from_this()] {
    if (const auto pool = weak.lock()) pool->Run([] {});
  });
}

void Pool::Shutdown() {
  shut_down_ = true;
  if (loop_.halted()) loop_.Keep(tls_);
  for (const auto& stream : mailbox_->Close()) Handle(stream);
  while (!sites_.empty()) {
    const auto connection = sites_.begin()->second.connections.front();
    connection->Close(ShutDown());
  }
}

void Pool::Place(const std::shared_ptr<ClientStream>& stream) {
  if (shut_down_ || loop_.halted()) return stream->Close(NotSent(ShutDown()));
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

bool Pool::FollowAdvice(const Origin& origin, std::chrono::steady_clock::time_point made_at) {
  const auto now = std::chrono::steady_clock::now();
  const auto old = [&](const auto& entry) {
    return absl::FromChrono(now - entry.second) >= options_.advice_interval;
  };
  for (auto entry = advised_.begin(); entry != advised_.end();) {
    entry = old(*entry) ? advised_.erase(entry) : std::next(entry);
  }
  const auto [entry, first] = advised_.try_emplace(origin, now);
  return first || made_at < entry->second;
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
  if (stream->connection != nullptr && loop_.halted()) {
    const absl::Status error = CancelledByCaller();
    if (asked.cancelled) stream->Close(stream->sent ? error : NotSent(error));
  } else if (stream->connection != nullptr) {
    stream->connection->Handle(*stream, asked);
  } else if (asked.cancelled) {
    stream->Close(NotSent(CancelledByCaller()));
  } else {
    Place(stream);
  }
}

}  // namespace s2::http2
