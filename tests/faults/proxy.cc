// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/faults/proxy.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace s2::testing {
namespace {

sockaddr_in Loopback(int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

bool SendAll(int socket, const char* data, size_t size) {
  while (size > 0) {
    const ssize_t sent = send(socket, data, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    data += sent;
    size -= static_cast<size_t>(sent);
  }
  return true;
}

}  // namespace

Proxy::Proxy(int server_port)
    : server_port_(server_port), listener_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(listen(listener_, 64), 0);
  EXPECT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

Proxy::~Proxy() {
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  close(listener_);
  Resume();
  std::vector<std::unique_ptr<Connection>> connections;
  {
    absl::MutexLock lock(&mu_);
    connections.swap(connections_);
  }
  for (const auto& connection : connections) {
    Break(*connection);
    connection->up.join();
    connection->down.join();
    close(connection->client);
    close(connection->server);
  }
}

void Proxy::StallConnections(Stall how) {
  absl::MutexLock lock(&mu_);
  for (const auto& connection : connections_) {
    (how == Stall::kSwallow ? connection->swallows : connection->blocks) = true;
  }
}

void Proxy::Resume() {
  absl::MutexLock lock(&mu_);
  for (const auto& connection : connections_) {
    connection->swallows = false;
    connection->blocks = false;
  }
}

void Proxy::CutAfter(std::function<size_t()> bytes) {
  absl::MutexLock lock(&mu_);
  cut_after_ = std::move(bytes);
}

void Proxy::AwaitCuts(int n) const {
  const auto enough = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return cuts_ >= n; };
  absl::MutexLock lock(&mu_);
  EXPECT_TRUE(mu_.AwaitWithTimeout(absl::Condition(&enough), absl::Minutes(2))) << cuts_ << " cuts";
}

int Proxy::connections() const {
  absl::MutexLock lock(&mu_);
  return static_cast<int>(connections_.size());
}

void Proxy::Accept() {
  while (true) {
    const int client = accept(listener_, nullptr, nullptr);
    if (client < 0) return;
    const int server = socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = Loopback(server_port_);
    if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
      close(server);
      close(client);
      continue;
    }
    absl::MutexLock lock(&mu_);
    connections_.push_back(std::make_unique<Connection>(client, server));
    Connection& c = *connections_.back();
    c.up = std::thread([this, &c] { Pump(c, c.client, c.server); });
    c.down = std::thread([this, &c] { Pump(c, c.server, c.client); });
  }
}

void Proxy::Pump(Connection& connection, int from, int to) {
  size_t left = std::numeric_limits<size_t>::max();
  {
    absl::MutexLock lock(&mu_);
    if (cut_after_ != nullptr) left = cut_after_();
  }
  std::vector<char> bytes(64 << 10);
  while (left > 0) {
    const ssize_t received = recv(from, bytes.data(), bytes.size(), 0);
    if (received < 0) return Break(connection);
    const bool passes = MayPass(connection);
    if (received == 0) {
      if (passes) shutdown(to, SHUT_WR);
      return;
    }
    if (!passes) continue;
    const size_t passed = std::min(left, static_cast<size_t>(received));
    if (!SendAll(to, bytes.data(), passed)) return Break(connection);
    left -= passed;
  }
  Break(connection);
  absl::MutexLock lock(&mu_);
  ++cuts_;
}

// Waits while the connection blocks. False: what was received goes nowhere.
bool Proxy::MayPass(const Connection& connection) const {
  const auto passes = [&connection] { return !connection.blocks; };
  absl::MutexLock lock(&mu_);
  mu_.Await(absl::Condition(&passes));
  return !connection.swallows;
}

void Proxy::Break(const Connection& connection) {
  shutdown(connection.client, SHUT_RDWR);
  shutdown(connection.server, SHUT_RDWR);
}

}  // namespace s2::testing
