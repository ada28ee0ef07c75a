// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/faults/stalling_proxy.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"

namespace s2::testing {
namespace {

sockaddr_in Loopback(int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

bool SendAll(int socket, const char* data, ssize_t size) {
  while (size > 0) {
    const ssize_t sent = send(socket, data, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    data += sent;
    size -= sent;
  }
  return true;
}

}  // namespace

StallingProxy::StallingProxy(int port)
    : server_port_(port), listener_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(listen(listener_, 16), 0);
  EXPECT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

StallingProxy::~StallingProxy() {
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  close(listener_);
  absl::MutexLock lock(&mu_);
  for (const auto& connection : connections_) {
    {
      absl::MutexLock connection_lock(&connection->mu);
      connection->over = true;
    }
    shutdown(connection->client, SHUT_RDWR);
    shutdown(connection->server, SHUT_RDWR);
    connection->up.join();
    connection->down.join();
    close(connection->client);
    close(connection->server);
  }
}

std::string StallingProxy::endpoint() const { return absl::StrCat("grpc://127.0.0.1:", port_); }

void StallingProxy::StallConnections(Stall how) {
  absl::MutexLock lock(&mu_);
  for (const auto& connection : connections_) {
    absl::MutexLock connection_lock(&connection->mu);
    (how == Stall::kSwallow ? connection->swallows : connection->blocks) = true;
  }
}

int StallingProxy::connections() const {
  absl::MutexLock lock(&mu_);
  return static_cast<int>(connections_.size());
}

void StallingProxy::Accept() {
  while (true) {
    const int client = accept(listener_, nullptr, nullptr);
    if (client < 0) return;
    const int server = socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = Loopback(server_port_);
    EXPECT_EQ(connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    auto connection = std::make_unique<Connection>(client, server);
    Connection& c = *connection;
    c.up = std::thread([&c] { Pump(c, c.client, c.server); });
    c.down = std::thread([&c] { Pump(c, c.server, c.client); });
    absl::MutexLock lock(&mu_);
    connections_.push_back(std::move(connection));
  }
}

void StallingProxy::Pump(Connection& connection, int from, int to) {
  std::vector<char> bytes(64 * 1024);
  while (true) {
    const ssize_t received = recv(from, bytes.data(), bytes.size(), 0);
    if (received < 0) return;
    if (!MayPass(connection)) continue;
    if (received == 0) {
      shutdown(to, SHUT_WR);
      return;
    }
    if (!SendAll(to, bytes.data(), received)) return;
  }
}

// Waits while the connection blocks. False: what was received goes nowhere.
bool StallingProxy::MayPass(Connection& connection) {
  const auto passes = [&connection]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(connection.mu) {
    return connection.over || !connection.blocks;
  };
  absl::MutexLock lock(&connection.mu);
  connection.mu.Await(absl::Condition(&passes));
  return !connection.swallows || connection.over;
}

}  // namespace s2::testing
