// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_SOCKET_H_
#define S2_GATEWAY_INTERNAL_HTTP2_SOCKET_H_

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <optional>
#include <utility>

#include "absl/types/span.h"
#include "s2/gateway/internal/http2/tls.h"

namespace s2::http2 {

// A TCP socket, spoken through in TLS if `tls` is made. Handlers are asio's, and are called with an
// error and a size.
struct Socket {
  explicit Socket(asio::io_context& context) : tcp(context) {}

  template <typename Handler>
  void Read(asio::mutable_buffer buffer, Handler handler) {
    if (tls.has_value()) {
      tls->async_read_some(buffer, std::move(handler));
    } else {
      tcp.async_read_some(buffer, std::move(handler));
    }
  }

  // Writes some of the bytes. They must stay valid until the handler is called; the span need not.
  template <typename Handler>
  void Write(absl::Span<const asio::const_buffer> buffers, Handler handler) {
    if (tls.has_value()) {
      tls->async_write_some(buffers, std::move(handler));
    } else {
      tcp.async_write_some(buffers, std::move(handler));
    }
  }

  // Closes the socket; operations under way end with an error.
  void Close() {
    asio::error_code ignored;
    tcp.close(ignored);
  }

  asio::ip::tcp::socket tcp;
  std::optional<TlsStream> tls;
};

}  // namespace s2::http2

#endif  // S2_GATEWAY_INTERNAL_HTTP2_SOCKET_H_
