// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/calls/core.h"

#include <utility>

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

void Core::Stop() {
  calls_.Stop();
  http_ = nullptr;
}

}  // namespace s2::gateway
