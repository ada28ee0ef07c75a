// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_CLIENT_H_
#define S2_GATEWAY_INTERNAL_HTTP2_CLIENT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "s2/gateway/internal/http2/http.h"
#include "s2/server/internal/held_bytes.h"

namespace s2::gateway {

struct HttpClientOptions {
  // These are GatewayOptions.
  std::string roots_file;
  size_t io_threads = 1;
  size_t max_streams_per_connection = 90;
  absl::Duration connect_timeout = absl::Seconds(3);
  absl::Duration idle_timeout = absl::Seconds(90);
  // While streams are open and nothing at all has come from the server for this long, it is asked
  // for a sign of life.
  absl::Duration ping_interval = absl::Seconds(10);
  // Without any after this, the connection is given up.
  absl::Duration ping_timeout = absl::Seconds(10);
  // A stream that is given up when the server has left a question open for this long takes its
  // connection with it: no new stream goes there.
  absl::Duration silence = absl::Milliseconds(500);
  // The most that the server may send on a stream before it is consumed. A consumer that takes
  // whole messages needs 32 KiB more than the largest of them, or may wait for ever.
  uint32_t stream_window = 2 << 20;
  // What may wait on a stream for the server's windows before HttpStream::Write says stop.
  size_t write_buffer = 1 << 20;
  // Where what waits so is counted.
  std::shared_ptr<server::HeldBytes> held = std::make_shared<server::HeldBytes>(0);
};

// A client on nghttp2: prior knowledge for http, ALPN and a verified certificate for https. Each
// stream lives on one of the I/O threads, which have connections of their own. Fails when the roots
// cannot be read.
//
// Its end ends all streams, with an error, and joins the threads; it may wait for a look-up of a
// host name, and is legal on an I/O thread too.
absl::StatusOr<std::unique_ptr<HttpClient>> MakeHttpClient(const HttpClientOptions& options);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_HTTP2_CLIENT_H_
