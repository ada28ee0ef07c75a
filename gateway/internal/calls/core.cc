// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/calls/core.h"

#include <utility>

#include "s2/retry/error.h"
#include "s2/retry/internal/call_user.h"

namespace s2::gateway {

http2::Coding ToCoding(endpoint::Compression compression) {
  switch (compression) {
    case endpoint::Compression::kNone:
      return http2::Coding::kNone;
    case endpoint::Compression::kGzip:
      return http2::Coding::kGzip;
    case endpoint::Compression::kZstd:
      return http2::Coding::kZstd;
  }
  return http2::Coding::kNone;
}

Core::Core(GatewayOptions options, std::unique_ptr<http2::Client> http,
           std::shared_ptr<Clock> clock, std::shared_ptr<server::HeldBytes> held)
    : options_(std::move(options)),
      http_(std::move(http)),
      clock_(std::move(clock)),
      held_(std::move(held)),
      calls_({options_.max_calls, options_.max_connections}, held_) {}

absl::Status Core::OnEnd(const absl::Status& status) const {
  if (options_.access_token == nullptr || !IsTokenRefused(status)) return status;
  if (options_.access_token_refused != nullptr) {
    internal::CallUser("GatewayOptions.access_token_refused", options_.access_token_refused);
  }
  return TokenRenewable(status);
}

void Core::Stop() {
  calls_.Stop();
  http_ = nullptr;
}

absl::Status WithReconnect(const absl::Status& error, uint64_t forwarded) {
  if (GetErrorCode(error) != ErrorCode::kServerDraining) return error;
  rpc::v1::ErrorInfo info = GetErrorInfo(error);
  info.mutable_reconnect()->set_forwarded(forwarded);
  return WithErrorInfo(error, info);
}

}  // namespace s2::gateway
