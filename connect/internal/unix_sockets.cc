// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/connect/internal/unix_sockets.h"

#include <grpc/support/sync.h>
#include <grpcpp/version_info.h>
#include <sys/socket.h>

#if GRPC_CPP_VERSION_MAJOR == 1 && GRPC_CPP_VERSION_MINOR <= 83

// What SetSocketMutator takes. gRPC declares it and does not install its definition, which is this
// from 1.51 to 1.83.
struct SocketMutatorVtable {
  bool (*mutate_fd)(int fd, grpc_socket_mutator* mutator);
  int (*compare)(grpc_socket_mutator* a, grpc_socket_mutator* b);
  void (*destroy)(grpc_socket_mutator* mutator);
  bool (*mutate_fd_2)(const void* info, grpc_socket_mutator* mutator);  // null: mutate_fd
};

struct grpc_socket_mutator {
  const SocketMutatorVtable* vtable;
  gpr_refcount refcount;
};

namespace s2::internal {
namespace {

constexpr int kSendBuffer = 1 << 20;  // the size of a large batch

bool Widen(int fd, grpc_socket_mutator*) {
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &kSendBuffer, sizeof(kSendBuffer));
  return true;  // a socket that could not be widened will do
}

constexpr SocketMutatorVtable kWiden = {
    Widen,
    [](grpc_socket_mutator*, grpc_socket_mutator*) { return 0; },
    [](grpc_socket_mutator* mutator) { delete mutator; },
    nullptr,
};

}  // namespace

void WidenUnixSockets(grpc::ChannelArguments& arguments) {
  arguments.SetSocketMutator(new grpc_socket_mutator{&kWiden, {1}});  // which takes it over
}

}  // namespace s2::internal

#else

namespace s2::internal {

void WidenUnixSockets(grpc::ChannelArguments&) {}

}  // namespace s2::internal

#endif
