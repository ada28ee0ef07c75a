// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_TLS_H_
#define S2_GATEWAY_INTERNAL_HTTP2_TLS_H_

#include <asio/error_code.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/context.hpp>
#include <asio/ssl/stream.hpp>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace s2::http2 {

using TlsStream = asio::ssl::stream<asio::ip::tcp::socket&>;

// The TLS that the connections of a client have in common: 1.2 or newer, HTTP/2 by ALPN, and
// certificates that the roots vouch for. Thread safe.
class Tls {
 public:
  // `roots_file`: in PEM; empty: the system's.
  explicit Tls(std::string roots_file) : roots_file_(std::move(roots_file)) {}

  // Made at the first call, since to read the system's roots takes a while.
  absl::StatusOr<asio::ssl::context*> Context() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  const std::string roots_file_;
  absl::Mutex mu_;
  std::unique_ptr<asio::ssl::context> context_ ABSL_GUARDED_BY(mu_);
};

// Before the handshake: asks for this host, a name or an address, and will take no certificate but
// its own. What is wrong with a certificate goes to `refusal`.
absl::Status PrepareTls(TlsStream& stream, const std::string& host,
                        std::shared_ptr<std::string> refusal);

// After the handshake: the server chose HTTP/2.
bool ChoseHttp2(TlsStream& stream);

// Why a handshake failed.
std::string DescribeTlsError(const asio::error_code& error, const std::string& refusal);

}  // namespace s2::http2

#endif  // S2_GATEWAY_INTERNAL_HTTP2_TLS_H_
