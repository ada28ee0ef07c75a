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

// Endpoints, all that there are:
//
//   emulator:             an emulator in this process, for this client alone
//   emulator://NAME       the same, shared by all clients that give this NAME (A-Z a-z 0-9 - . _)
//   grpc://HOST[:PORT]    our gRPC services, in the clear. PORT: 50051 by default
//   grpcs://HOST[:PORT][?OPTION&...]
//                         the same with TLS. PORT: 443 by default. Options:
//                           roots=FILE  trust these certificates. Default: the system's
//                           cert=FILE and key=FILE  our own certificate and its key
//                           name=HOST  expect this name in the server's. Default: HOST
//   unix:PATH             our gRPC services on a unix socket; unix:///PATH is the same for /PATH
//   http://HOST[:PORT][?OPTION&...]
//   https://HOST[:PORT][?OPTION&...]
//                         S2 itself (s2 lite, s2.dev), through a gateway in this process. PORT: 80
//                         and 443 by default. Options:
//                           basin={basin}.HOST[:PORT]  streams and records are there, the basin's
//                               name in front; without "{basin}.", in the header s2-basin.
//                               Default: HOST, with the header
//                           compression=gzip or zstd  of what is large, both ways. Default: none
//                           roots=FILE  trust these certificates. Default: the system's
//
// s2.dev is https://a.s2.dev?basin={basin}.b.s2.dev.
//
// HOST is a name, an IPv4 address, or an IPv6 address in brackets. A slash may follow NAME and
// HOST[:PORT], and no path. FILEs hold PEM. FILE and PATH
// may be percent-encoded, and must be where they hold %, ?, & or #. Anything else is refused with a
// sentence that says what was expected.

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
// of the first call. A token is refused where it would leave this machine in the clear. A process
// that is to fork does so before (docs/fork.md).
absl::StatusOr<Client> Connect(absl::string_view endpoint, const ConnectOptions& options = {});

// A client as the environment says, with the variables of S2's own SDKs: S2_ACCESS_TOKEN,
// S2_ACCOUNT_ENDPOINT (for what is about basins) and S2_BASIN_ENDPOINT (for streams and records; it
// may begin with "{basin}."). Both endpoints must be set; without a scheme they are https. There is
// no default: an error names what is missing. A token in `options` wins.
absl::StatusOr<Client> ConnectFromEnvironment(ConnectOptions options = {});

}  // namespace s2

#endif  // S2_CONNECT_CONNECT_H_
