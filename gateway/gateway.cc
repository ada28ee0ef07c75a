// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/gateway.h"

#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/client_interceptor.h>

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/gateway/internal/calls/core.h"
#include "s2/gateway/internal/calls/services.h"
#include "s2/gateway/internal/http2/http2.h"
#include "s2/gateway/internal/s2s/frame.h"
#include "s2/retry/error.h"
#include "s2/retry/internal/forked.h"
#include "s2/retry/internal/validate_duration.h"
#include "s2/server/internal/drain.h"
#include "s2/server/internal/servers.h"

namespace s2 {
namespace {

constexpr size_t kMaxIoThreads = 64;
// The largest value of the option max_message_bytes: gRPC takes an int.
constexpr size_t kLargestMessageLimit = std::numeric_limits<int>::max();
// What S2 may send on a stream before it is consumed: the largest frame with its head, and some
// more, since a frame is consumed as a whole.
constexpr uint32_t kStreamWindow = gateway::kMaxFrameBytes + 64 * 1024;

}  // namespace

absl::Status Validate(const GatewayOptions& options) {
  if (absl::Status s = endpoint::Validate(options.upstream); !s.ok()) {
    return MakeError(ErrorCode::kInvalid, absl::StrCat("upstream: ", s.message()));
  }
  if (options.io_threads < 1 || options.io_threads > kMaxIoThreads) {
    return MakeError(ErrorCode::kInvalid, absl::StrCat("io_threads is ", options.io_threads,
                                                       "; it must be 1 to ", kMaxIoThreads));
  }
  if (options.max_streams_per_connection < 1) {
    return MakeError(ErrorCode::kInvalid, "max_streams_per_connection is 0; the least is 1");
  }
  if (options.max_message_bytes < 1 || options.max_message_bytes > kLargestMessageLimit) {
    return MakeError(ErrorCode::kInvalid,
                     absl::StrCat("max_message_bytes is ", options.max_message_bytes,
                                  "; it must be 1 to ", kLargestMessageLimit));
  }
  if (absl::Status s = internal::ValidateTimeout("connect_timeout", options.connect_timeout);
      !s.ok()) {
    return s;
  }
  if (absl::Status s = internal::ValidateTimeout("request_timeout", options.request_timeout);
      !s.ok()) {
    return s;
  }
  return internal::ValidateAtLeast("idle_timeout", options.idle_timeout, absl::ZeroDuration());
}

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Make(const GatewayOptions& options) {
  if (absl::Status s = internal::BeginUse(); !s.ok()) return s;
  if (absl::Status s = Validate(options); !s.ok()) return s;
  http2::ClientOptions http_options;
  http_options.roots_file = options.upstream.roots_file;
  http_options.io_threads = options.io_threads;
  http_options.max_streams_per_connection = options.max_streams_per_connection;
  http_options.connect_timeout = options.connect_timeout;
  http_options.idle_timeout = options.idle_timeout;
  http_options.stream_window = kStreamWindow;
  http_options.held = std::make_shared<server::HeldBytes>(options.max_held_bytes);
  absl::StatusOr<std::unique_ptr<http2::Client>> http = http2::MakeClient(http_options);
  if (!http.ok()) return http.status();
  return std::unique_ptr<Gateway>(new Gateway(std::make_shared<gateway::Core>(
      options, *std::move(http), Clock::System(), std::move(http_options.held))));
}

Gateway::Gateway(std::shared_ptr<gateway::Core> core)
    : core_(std::move(core)),
      servers_(std::make_shared<server::Servers>(
          [core = core_] { return gateway::MakeServices(core); },
          static_cast<int>(core_->options().max_message_bytes))) {}

Gateway::~Gateway() {
  if (internal::Forked()) {
    internal::Leak(core_);
    internal::Leak(servers_);
    return;
  }
  core_->Stop();
}

std::shared_ptr<grpc::Channel> Gateway::InProcessChannel(
    const grpc::ChannelArguments& arguments,
    std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>
        interceptors) {
  if (internal::Forked()) return nullptr;
  return servers_->InProcessChannel(arguments, std::move(interceptors));
}

absl::StatusOr<int> Gateway::Listen(const std::string& address,
                                    std::shared_ptr<grpc::ServerCredentials> credentials) {
  if (internal::Forked()) return internal::ForkedError();
  return servers_->Listen(address, std::move(credentials));
}

void Gateway::SetServing(bool serving) { servers_->SetServing(serving); }

void Gateway::Drain(absl::Time deadline) {
  if (!internal::Forked()) server::Drain(*servers_, core_->calls(), deadline);
}

size_t Gateway::held_bytes() const { return core_->held()->bytes(); }

server::Meter& Gateway::meter() { return core_->meter(); }

}  // namespace s2
