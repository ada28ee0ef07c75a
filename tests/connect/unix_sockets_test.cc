// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/connect/internal/unix_sockets.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/version_info.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"

namespace s2::internal {
namespace {

// Listens on a unix socket; takes one connection.
class Listener {
 public:
  Listener() : path_(absl::StrCat(::testing::TempDir(), "/s2-widened-", getpid())) {
    address_.sun_family = AF_UNIX;
    path_.copy(address_.sun_path, sizeof(address_.sun_path) - 1);
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&address_), sizeof(address_)), 0);
    EXPECT_EQ(listen(fd_, 1), 0);
  }
  ~Listener() {
    close(taken_);
    close(fd_);
    unlink(path_.c_str());
  }

  const std::string& path() const { return path_; }
  void Accept() {
    taken_ = accept(fd_, nullptr, nullptr);
    EXPECT_GE(taken_, 0);
  }
  // Is it the client's end of a connection to here?
  bool IsPeerOf(int fd) const {
    sockaddr_un peer = {};
    socklen_t size = sizeof(peer);
    return getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) == 0 &&
           peer.sun_family == AF_UNIX && path_ == peer.sun_path;
  }

 private:
  const std::string path_;
  const int fd_ = socket(AF_UNIX, SOCK_STREAM, 0);
  int taken_ = -1;
  sockaddr_un address_ = {};
};

int SendBuffer(int fd) {
  int bytes = 0;
  socklen_t size = sizeof(bytes);
  EXPECT_EQ(getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, &size), 0);
  return bytes;
}

TEST(WidenUnixSockets, AConnectedSocketHoldsMoreThanOneThatNobodyTouched) {
#if GRPC_CPP_VERSION_MAJOR > 1 || GRPC_CPP_VERSION_MINOR > 83
  GTEST_SKIP() << "gRPC " << GRPC_CPP_VERSION_STRING << " may hold its sockets otherwise";
#endif
  Listener listener;
  grpc::ChannelArguments arguments;
  WidenUnixSockets(arguments);
  const auto channel = grpc::CreateCustomChannel(absl::StrCat("unix:", listener.path()),
                                                 grpc::InsecureChannelCredentials(), arguments);
  channel->GetState(/*try_to_connect=*/true);
  listener.Accept();
  int widest = 0;
  for (int fd = 0; fd < 1024; ++fd) {
    if (listener.IsPeerOf(fd)) widest = std::max(widest, SendBuffer(fd));
  }
  const int untouched = socket(AF_UNIX, SOCK_STREAM, 0);
  EXPECT_GT(widest, SendBuffer(untouched));
  close(untouched);
}

}  // namespace
}  // namespace s2::internal
