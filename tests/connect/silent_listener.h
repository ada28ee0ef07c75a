// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_CONNECT_SILENT_LISTENER_H_
#define S2_TESTS_CONNECT_SILENT_LISTENER_H_

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace s2::testing {

// An address on 127.0.0.1 that lets one connect and then says nothing; or, when the queue of its
// connections is full, that does not even answer to who connects.
class SilentListener {
 public:
  enum class Queue { kFree, kFull };

  explicit SilentListener(Queue queue = Queue::kFree) {
    const int listener = Open(0);
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address_);
    EXPECT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address_), size), 0);
    EXPECT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&address_), &size), 0);
    EXPECT_EQ(listen(listener, queue == Queue::kFull ? 0 : 16), 0);
    for (int i = 0; queue == Queue::kFull && i < 3; ++i) {
      // What it says while it is under way is of no interest.
      (void)connect(Open(SOCK_NONBLOCK), reinterpret_cast<sockaddr*>(&address_), size);
    }
  }
  ~SilentListener() {
    for (const int fd : sockets_) close(fd);
  }
  SilentListener(const SilentListener&) = delete;
  SilentListener& operator=(const SilentListener&) = delete;

  int port() const { return ntohs(address_.sin_port); }
  std::string endpoint() const { return "grpc://127.0.0.1:" + std::to_string(port()); }

 private:
  int Open(int flags) { return sockets_.emplace_back(socket(AF_INET, SOCK_STREAM | flags, 0)); }

  sockaddr_in address_ = {};
  std::vector<int> sockets_;  // the listener, and what fills its queue
};

}  // namespace s2::testing

#endif  // S2_TESTS_CONNECT_SILENT_LISTENER_H_
