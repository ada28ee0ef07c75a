// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/connect/internal/make_pool.h"

#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/client_interceptor.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "s2/connect/internal/emulators.h"
#include "s2/connect/internal/unix_sockets.h"
#include "s2/gateway/gateway.h"
#include "s2/retry/internal/call_user.h"
#include "s2/server/internal/pem_file.h"
#include "s2/wire/limits.h"

namespace s2::internal {
namespace {

// The pauses between gRPC's attempts to connect. They are no longer than those of our sessions
// between attempts.
constexpr int kInitialBackoffMs = 100;
constexpr int kMaxBackoffMs = 1000;
// Longest time for one attempt to connect, which gRPC calls the least back-off.
constexpr int kConnectTimeoutMs = 3000;

std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> Interceptors(
    const ConnectOptions& options) {
  if (options.interceptors == nullptr) return {};
  return CallUser("ConnectOptions.interceptors", options.interceptors);
}

// What every channel to this endpoint is made with. The user's own come last and win.
grpc::ChannelArguments Arguments(const endpoint::Endpoint& endpoint,
                                 const ConnectOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(wire::kMaxMessageBytes);
  // Equal channels would share one connection, and its limit of streams.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kInitialBackoffMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kMaxBackoffMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectTimeoutMs);
  // A proxy would take what is meant for this machine, token and all, somewhere else.
  if (endpoint::IsLocal(endpoint)) arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  const auto* const to = std::get_if<endpoint::Grpc>(&endpoint);
  if (to != nullptr && !to->certificate_name.empty()) {
    arguments.SetSslTargetNameOverride(to->certificate_name);
  }
  if (std::holds_alternative<endpoint::UnixSocket>(endpoint)) WidenUnixSockets(arguments);
  if (options.channel_arguments != nullptr) {
    CallUser("ConnectOptions.channel_arguments", options.channel_arguments, arguments);
  }
  return arguments;
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> TlsCredentials(const endpoint::Grpc& to) {
  absl::StatusOr<std::string> roots = server::ReadPem("roots", to.roots_file);
  if (!roots.ok()) return roots.status();
  absl::StatusOr<std::string> certificate = server::ReadPem("cert", to.certificate_file);
  if (!certificate.ok()) return certificate.status();
  absl::StatusOr<std::string> key = server::ReadPem("key", to.key_file);
  if (!key.ok()) return key.status();
  grpc::SslCredentialsOptions ssl;
  ssl.pem_root_certs = *std::move(roots);
  ssl.pem_cert_chain = *std::move(certificate);
  ssl.pem_private_key = *std::move(key);
  return grpc::SslCredentials(ssl);
}

// A pool whose channels go to a gRPC server by a network or a socket.
std::shared_ptr<StubPool> MakeGrowingPool(std::string target,
                                          std::shared_ptr<grpc::ChannelCredentials> credentials,
                                          const endpoint::Endpoint& endpoint,
                                          const ConnectOptions& options) {
  auto make = [target = std::move(target), credentials = std::move(credentials), endpoint,
               options] {
    return grpc::experimental::CreateCustomChannelWithInterceptors(
        target, credentials, Arguments(endpoint, options), Interceptors(options));
  };
  const std::shared_ptr<Clock> clock =
      options.client.clock != nullptr ? options.client.clock : Clock::System();
  return StubPool::Growing(std::move(make), options.client.max_sessions_per_channel, clock);
}

// One overload for each kind of endpoint.
absl::StatusOr<std::shared_ptr<StubPool>> Make(const endpoint::Emulator& to,
                                               const ConnectOptions& options) {
  ClaimedEmulator claimed = GetEmulator(to.name);
  auto channel = claimed.emulator->InProcessChannel(Arguments(to, options), Interceptors(options));
  return StubPool::Of(MakeStubs(std::move(channel), std::move(claimed.emulator)),
                      std::move(claimed.claim));
}

absl::StatusOr<std::shared_ptr<StubPool>> Make(const endpoint::UnixSocket& to,
                                               const ConnectOptions& options) {
  return MakeGrowingPool(endpoint::GrpcTarget(to), grpc::InsecureChannelCredentials(), to, options);
}

absl::StatusOr<std::shared_ptr<StubPool>> Make(const endpoint::Grpc& to,
                                               const ConnectOptions& options) {
  if (!to.tls) {
    return MakeGrowingPool(endpoint::GrpcTarget(to), grpc::InsecureChannelCredentials(), to,
                           options);
  }
  auto credentials = TlsCredentials(to);
  if (!credentials.ok()) return credentials.status();
  return MakeGrowingPool(endpoint::GrpcTarget(to), *std::move(credentials), to, options);
}

absl::StatusOr<std::shared_ptr<StubPool>> Make(const endpoint::Http& to,
                                               const ConnectOptions& options) {
  GatewayOptions gateway_options;
  gateway_options.upstream = to;
  gateway_options.max_streams_per_connection = options.client.max_sessions_per_channel;
  gateway_options.request_timeout = options.client.request_timeout;
  absl::StatusOr<std::unique_ptr<Gateway>> made = Gateway::Make(gateway_options);
  if (!made.ok()) return made.status();
  std::shared_ptr<Gateway> gateway = *std::move(made);
  auto channel = gateway->InProcessChannel(Arguments(to, options), Interceptors(options));
  return StubPool::Of(MakeStubs(std::move(channel), std::move(gateway)));
}

}  // namespace

absl::StatusOr<std::shared_ptr<StubPool>> MakePool(const endpoint::Endpoint& endpoint,
                                                   const ConnectOptions& options) {
  return std::visit([&options](const auto& to) { return Make(to, options); }, endpoint);
}

}  // namespace s2::internal
