// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_TLS_H_
#define S2_GATEWAY_INTERNAL_HTTP2_TLS_H_

#include <asio/error_code.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/context.hpp>
#include <asio/ssl/stream.hpp>
#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace s2::http2 {

using TlsStream = asio::ssl::stream<asio::ip::tcp::socket&>;

// The TLS context that the connections of a client have in common: TLS 1.2 or newer, HTTP/2 by
// ALPN, and certificates that the roots vouch for. Thread safe.
class Tls {
 public:
  // `roots_file` holds the roots in PEM; empty: the system's.
  explicit Tls(std::string roots_file) : roots_file_(std::move(roots_file)) {}

  // The context, which lives as long as this. It is made at the first call, since to read the
  // system's roots takes a while. Error: the roots cannot be read.
  absl::StatusOr<asio::ssl::context*> Context() ABSL_LOCKS_EXCLUDED(mu_);
  // Has it been made? Then Context does not block.
  bool made() const { return made_; }

 private:
  const std::string roots_file_;
  absl::Mutex mu_;
  std::atomic<bool> made_ = false;
  std::unique_ptr<asio::ssl::context> context_ ABSL_GUARDED_BY(mu_);
};

// To be called before the handshake: the stream then asks for this host, a name or an address, and
// takes no certificate that is not for it. What is wrong with a certificate goes to `refusal`.
absl::Status PrepareTls(TlsStream& stream, const std::string& host,
                        std::shared_ptr<std::string> refusal);

// Did the server choose HTTP/2? To be called after the handshake.
bool ChoseHttp2(TlsStream& stream);

// Why a handshake failed: `refusal`, if there is one, or what `error` means.
std::string DescribeTlsError(const asio::error_code& error, const std::string& refusal);

}  // namespace s2::http2

#endif  // S2_GATEWAY_INTERNAL_HTTP2_TLS_H_
