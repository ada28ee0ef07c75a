// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CONNECT_CONNECT_H_
#define S2_CONNECT_CONNECT_H_

#include <functional>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "s2/client/client.h"
#include "s2/client/options.h"

namespace grpc {
class ChannelArguments;
namespace experimental {
class ClientInterceptorFactoryInterface;
}  // namespace experimental
}  // namespace grpc

namespace s2 {

// Endpoints:
//
//   emulator:                   an emulator in this process, for this client alone
//   emulator://NAME             an emulator in this process, shared by all clients that give the
//   same NAME grpc://HOST[:PORT]          our gRPC services, in the clear; port 50051 by default;
//   [v6 address] in brackets grpcs://HOST[:PORT][?...]   the same with TLS; port 443 by default;
//   options: roots=FILE (PEM, default: the system's),
//                               cert=FILE and key=FILE (PEM, client certificate), name=HOST
//                               (expected in the certificate)
//   unix:PATH, unix:///PATH     our gRPC services on a unix socket
//   http://..., https://...     S2 itself: through the gateway
//
// FILE and PATH may be percent-encoded. Anything else is refused with a sentence that says what was
// expected.

// What connect adds to a client's options.
struct ConnectOptions {
  ClientOptions client;
  // Called on the arguments of each channel that is made. Default: none.
  std::function<void(grpc::ChannelArguments&)> channel_arguments;
  // Called for each channel that is made: its interceptors. Default: none.
  std::function<
      std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>()>
      interceptors;
};

// A client of this endpoint. Connects in the background: a server that does not answer is an error
// of the first call.
absl::StatusOr<Client> Connect(absl::string_view endpoint, ConnectOptions options = {});

// A client as the environment says, with the variables of S2's own SDKs: S2_ACCESS_TOKEN,
// S2_ACCOUNT_ENDPOINT, S2_BASIN_ENDPOINT (any endpoint above; basins through the second). Both
// endpoints must be set; the token is needed for http and https unless the host is this machine.
// There is no default: an error names what is missing. A token in `options` wins.
absl::StatusOr<Client> ConnectFromEnvironment(ConnectOptions options = {});

}  // namespace s2

#endif  // S2_CONNECT_CONNECT_H_
