// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_CORE_H_
#define S2_GATEWAY_INTERNAL_CORE_H_

#include <memory>
#include <utility>

#include "s2/gateway/gateway.h"
#include "s2/gateway/internal/http.h"
#include "s2/retry/clock.h"
#include "s2/server/internal/calls.h"

namespace s2::gateway {

// What all calls of a gateway share, on whichever server they came. Thread safe.
class Core {
 public:
  Core(GatewayOptions options, std::unique_ptr<HttpClient> http, std::shared_ptr<Clock> clock)
      : options_(std::move(options)), http_(std::move(http)), clock_(std::move(clock)) {}

  const GatewayOptions& options() const { return options_; }
  Clock& clock() { return *clock_; }
  server::Calls& calls() { return calls_; }

  // For a call that has entered and not left.
  HttpClient& http() { return *http_; }

  // Serves no more calls, kills those there are, waits for their end, and closes the network.
  void Stop() {
    calls_.Stop();
    http_ = nullptr;
  }

 private:
  const GatewayOptions options_;
  std::unique_ptr<HttpClient> http_;  // null once stopped
  const std::shared_ptr<Clock> clock_;
  server::Calls calls_;
};

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_CORE_H_
