// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/simulation/link.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace s2::simulation {

Link::Link(World* world, Server* server, Dice dice, std::string name, int owner, Observer* observer)
    : world_(world),
      server_(server),
      dice_(dice),
      name_(std::move(name)),
      owner_(owner),
      observer_(observer) {}

std::shared_ptr<internal::AppendCall> Link::Append(std::shared_ptr<internal::CallEvents> events) {
  const std::shared_ptr<Connection> connection =
      Connect(observer_->OnOpen(nullptr), std::move(events));
  connection->Open([server = server_](std::shared_ptr<Connection> self) {
    server->Serve(std::move(self), nullptr);
  });
  return connection;
}

std::shared_ptr<internal::ReadCall> Link::Read(const rpc::v1::ReadRequest& request,
                                               std::shared_ptr<internal::CallEvents> events) {
  const std::shared_ptr<Connection> connection =
      Connect(observer_->OnOpen(&request), std::move(events));
  if (world_->tracing()) world_->Log("  reads ", request.ShortDebugString());
  connection->Open([server = server_, request](std::shared_ptr<Connection> self) {
    server->Serve(std::move(self), &request);
  });
  return connection;
}

std::shared_ptr<Connection> Link::current() const {
  if (connections_.empty()) return nullptr;
  std::shared_ptr<Connection> last = connections_.back().lock();
  return last != nullptr && last->live() ? last : nullptr;
}

size_t Link::alive() const {
  return std::count_if(connections_.begin(), connections_.end(),
                       [](const auto& connection) { return !connection.expired(); });
}

std::shared_ptr<Connection> Link::Connect(Observer* observer,
                                          std::shared_ptr<internal::CallEvents> events) {
  const size_t number = connections_.size();
  auto connection =
      std::make_shared<Connection>(world_, dice_.Fork(number), absl::StrCat(name_, "#", number),
                                   owner_, observer, std::move(events));
  world_->Log(connection->name(), " opens");
  connections_.push_back(connection);
  return connection;
}

}  // namespace s2::simulation
