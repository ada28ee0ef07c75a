// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_CALLS_CORE_H_
#define S2_GATEWAY_INTERNAL_CALLS_CORE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "s2/endpoint/endpoint.h"
#include "s2/gateway/gateway.h"
#include "s2/gateway/internal/http2/compression.h"
#include "s2/gateway/internal/http2/http2.h"
#include "s2/retry/clock.h"
#include "s2/server/internal/calls.h"
#include "s2/server/internal/held_bytes.h"
#include "s2/server/internal/meter.h"

namespace s2::gateway {

// The option `compression` of an endpoint, as bodies are coded.
http2::Coding ToCoding(endpoint::Compression compression);

// What all calls of a gateway share, on whichever of its servers they came. Thread safe. The
// gateway, its services and its calls keep it.
class Core {
 public:
  // `held` counts what calls hold; `http` counts there, too, what it holds.
  Core(GatewayOptions options, std::unique_ptr<http2::Client> http, std::shared_ptr<Clock> clock,
       std::shared_ptr<server::HeldBytes> held);

  const GatewayOptions& options() const { return options_; }
  // How bodies on their way to S2 are coded, and how S2 is asked to code its own.
  http2::Coding coding() const { return ToCoding(options_.upstream.compression); }
  Clock& clock() { return *clock_; }
  const std::shared_ptr<server::HeldBytes>& held() const { return held_; }
  server::Calls& calls() { return calls_; }
  server::Meter& meter() { return meter_; }

  // The way to S2; for a call that has entered and not left.
  http2::Client& http() { return *http_; }

  // How S2 has ended a call. If it refused the gateway's own token, then the error that is returned
  // says that another can be brought.
  absl::Status OnEnd(const absl::Status& status) const;

  // Takes no more calls, kills those that there are, waits for their end, and closes the
  // connections to S2.
  void Stop();

 private:
  const GatewayOptions options_;
  std::unique_ptr<http2::Client> http_;  // null once stopped
  const std::shared_ptr<Clock> clock_;
  const std::shared_ptr<server::HeldBytes> held_;
  server::Calls calls_;
  server::Meter meter_;
};

// The same error; if it is `server_draining`, S2's own or that of a connection that is closed to
// the request, then with the word to reconnect, and that so many inputs were forwarded.
absl::Status WithReconnect(const absl::Status& error, uint64_t forwarded);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_CALLS_CORE_H_
