// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_GATEWAY_SILENT_LISTENER_H_
#define S2_TESTS_GATEWAY_SILENT_LISTENER_H_

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "s2/gateway/internal/http2/http.h"

namespace s2::testing {

// An address that does not answer to whoever connects: its queue of connections is full.
class SilentListener {
 public:
  SilentListener() {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockets_[0] = socket(AF_INET, SOCK_STREAM, 0);
    EXPECT_EQ(bind(sockets_[0], reinterpret_cast<sockaddr*>(&address_), size_), 0);
    getsockname(sockets_[0], reinterpret_cast<sockaddr*>(&address_), &size_);
    EXPECT_EQ(listen(sockets_[0], 0), 0);
    for (size_t i = 1; i < sockets_.size(); ++i) {
      sockets_[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      // What it says while it is under way is of no interest.
      (void)connect(sockets_[i], reinterpret_cast<sockaddr*>(&address_), size_);
    }
  }
  ~SilentListener() {
    for (const int fd : sockets_) close(fd);
  }
  SilentListener(const SilentListener&) = delete;
  SilentListener& operator=(const SilentListener&) = delete;

  gateway::HttpOrigin origin() const {
    gateway::HttpOrigin origin;
    origin.host = "127.0.0.1";
    origin.port = ntohs(address_.sin_port);
    return origin;
  }

 private:
  sockaddr_in address_ = {};
  socklen_t size_ = sizeof(address_);
  std::array<int, 4> sockets_;  // the listener, and what fills its queue
};

}  // namespace s2::testing

#endif  // S2_TESTS_GATEWAY_SILENT_LISTENER_H_
