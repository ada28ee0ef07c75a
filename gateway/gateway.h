// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_GATEWAY_H_
#define S2_GATEWAY_GATEWAY_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "s2/endpoint/endpoint.h"
#include "s2/wire/limits.h"

namespace grpc {
class Channel;
class ChannelArguments;
class ServerCredentials;
namespace experimental {
class ClientInterceptorFactoryInterface;
}  // namespace experimental
}  // namespace grpc

namespace s2 {
namespace gateway {
class Core;
}  // namespace gateway
namespace server {
class Meter;
class Servers;
}  // namespace server

// How a gateway behaves.
struct GatewayOptions {
  // S2 itself, as endpoint::ParseHttp makes it of "http[s]://HOST[:PORT][?OPTION&...]"; connect.h
  // has the grammar. Of what is to be compressed, only what has 1 KiB or more is.
  endpoint::Http upstream;
  // Threads for the network, whatever the number of sessions. All gateways of the process share
  // theirs: there are four at the most, or as many as one of them asks for. Default: 1. Least: 1.
  // Most: 64.
  size_t io_threads = 1;
  // Streams on one connection; then another is made. Default: 90. Least: 1.
  size_t max_streams_per_connection = 90;
  // Longest time to connect, TLS included. Default: 3 s.
  absl::Duration connect_timeout = absl::Seconds(3);
  // Longest time for a unary call (a read adds its `wait`), and for the head of a session's answer.
  // Default: 5 s.
  absl::Duration request_timeout = absl::Seconds(5);
  // A connection without streams is closed after this. Default: 90 s.
  absl::Duration idle_timeout = absl::Seconds(90);
  // The largest message that a client may send. A larger one ends its call with RESOURCE_EXHAUSTED.
  // Default: 16 MiB, more than any that S2 takes. Least: 1. Most: 2 GiB - 1.
  size_t max_message_bytes = wire::kMaxMessageBytes;
  // The most calls under way. One more is refused with `rate_limited`, RESOURCE_EXHAUSTED too,
  // which may be tried again. Default: 0, no limit.
  size_t max_calls = 0;
  // The most connections that have sessions, those of unix sockets counted as one. A session on one
  // more is refused likewise. Default: 0, no limit.
  size_t max_connections = 0;
  // The most memory that all messages which wait here for a client or for S2 should take. While
  // they take as much, new calls are refused likewise, and a session that gets one more message
  // ends so: an append session when all that it forwarded is acked. Default: 0, no limit.
  size_t max_held_bytes = 0;
  // Returns the access token with which S2 is asked, whatever the token of the caller is. It is
  // called for each call, on any thread, and must not block. Null: the caller's token is passed on.
  std::function<std::string()> access_token;
  // Called when S2 has refused a token of `access_token`, once for each call that it refused, on
  // any thread; it must not block. Such a call ends with UNAUTHENTICATED and says that another
  // token can be brought, so that a client of this library tries it again. Default: none.
  std::function<void()> access_token_refused;
};

// OK, or what is wrong with the options, naming field, value and limit.
absl::Status Validate(const GatewayOptions& options);

// The services StreamService, BasinService and AccountService in front of S2's own HTTP API.
// Messages of sessions pass through as bytes. The gateway never sends anything twice. However slow
// its client or S2 is, it keeps less than 6 MiB for a session, or 12 MiB where S2 sends compressed
// batches; and no session stops another. Thread safe.
class Gateway {
 public:
  static absl::StatusOr<std::unique_ptr<Gateway>> Make(const GatewayOptions& options);
  // Ends all calls and waits for their end; so not inside a gRPC reaction. Channels that are left
  // may be used: their calls fail with UNAVAILABLE.
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // A new channel to this gateway, without a network; with arguments and interceptors of its own.
  // Null: in a child that was forked too late (docs/fork.md).
  std::shared_ptr<grpc::Channel> InProcessChannel(
      const grpc::ChannelArguments& arguments,
      std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>
          interceptors);

  // Serves on "host:port" (port 0: any) or "unix:/path" too; without credentials in the clear.
  // Returns the port; 0 for a unix socket.
  absl::StatusOr<int> Listen(const std::string& address,
                             std::shared_ptr<grpc::ServerCredentials> credentials = nullptr);

  // What gRPC's health service says of the gateway, where that service is enabled. At first, that
  // it serves.
  void SetServing(bool serving);

  // Delivers the acks that are owed, and ends each session with `server_draining`, `reconnect` and
  // the number of inputs it forwarded. Calls that come meanwhile wait; then connections are told to
  // go, and those calls end with `server_draining` and `reconnect` too. What is left at `deadline`,
  // on the wall clock, is cut. Blocks until all calls have ended, and a second more, at the most,
  // for clients to close their connections.
  void Drain(absl::Time deadline);

  // Memory of all messages that wait here for a client or for S2.
  size_t held_bytes() const;

  // Figures of what its calls do, for the program s2-gateway. It lives as long as the gateway.
  server::Meter& meter();

 private:
  explicit Gateway(std::shared_ptr<gateway::Core> core);

  const std::shared_ptr<gateway::Core> core_;
  const std::shared_ptr<server::Servers> servers_;
};

}  // namespace s2

#endif  // S2_GATEWAY_GATEWAY_H_
