// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CONNECT_INTERNAL_UNIX_SOCKETS_H_
#define S2_CONNECT_INTERNAL_UNIX_SOCKETS_H_

#include <grpcpp/support/channel_arguments.h>

namespace s2::internal {

// Lets the unix socket of a channel with these arguments hold a batch on its way, where the kernel
// allows it (net.core.wmem_max). By default it holds some 200 KiB, and client and server wait for
// each other several times a batch. Not for TCP, whose buffers grow by themselves. Does nothing
// with a gRPC newer than 1.83.
void WidenUnixSockets(grpc::ChannelArguments& arguments);

}  // namespace s2::internal

#endif  // S2_CONNECT_INTERNAL_UNIX_SOCKETS_H_
