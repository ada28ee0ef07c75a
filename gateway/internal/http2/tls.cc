// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <asio/ip/address.hpp>
#include <asio/ssl/error.hpp>
#include <asio/ssl/verify_context.hpp>
#include <asio/ssl/verify_mode.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "s2/gateway/internal/http2/io_threads.h"

namespace s2::http2 {
namespace {

constexpr absl::string_view kAlpn = "h2";

std::string SubjectOf(const X509* certificate) {
  if (certificate == nullptr) return "the server";
  char* const line = X509_NAME_oneline(X509_get_subject_name(certificate), nullptr, 0);
  std::string subject = line == nullptr ? "" : line;
  OPENSSL_free(line);
  return subject;
}

}  // namespace

absl::StatusOr<asio::ssl::context*> Tls::Context() {
  absl::MutexLock lock(&mu_);
  if (context_ != nullptr) return context_.get();
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_client);
  SSL_CTX* const native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION);
  const std::string offer = absl::StrCat(std::string(1, static_cast<char>(kAlpn.size())), kAlpn);
  SSL_CTX_set_alpn_protos(native, reinterpret_cast<const unsigned char*>(offer.data()),
                          static_cast<unsigned>(offer.size()));
  context->set_verify_mode(asio::ssl::verify_peer);
  asio::error_code error;
  if (roots_file_.empty()) {
    context->set_default_verify_paths(error);
  } else {
    context->load_verify_file(roots_file_, error);
  }
  if (error) {
    return absl::InvalidArgumentError(absl::StrCat("roots_file: cannot read certificates from '",
                                                   roots_file_, "': ", error.message()));
  }
  // OpenSSL, which is there by now, ends itself at exit.
  HaltIoThreadsAtExit();
  context_ = std::move(context);
  made_ = true;
  return context_.get();
}

absl::Status PrepareTls(TlsStream& stream, const std::string& host,
                        std::shared_ptr<std::string> refusal) {
  SSL* const ssl = stream.native_handle();
  asio::error_code not_an_address;
  asio::ip::make_address(host, not_an_address);
  const bool ok =
      not_an_address
          ? X509_VERIFY_PARAM_set1_host(SSL_get0_param(ssl), host.data(), host.size()) == 1 &&
                SSL_set_tlsext_host_name(ssl, host.c_str()) == 1
          : X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  if (!ok) return absl::InvalidArgumentError(absl::StrCat("'", host, "' cannot be a host's name"));
  X509_VERIFY_PARAM_set_hostflags(SSL_get0_param(ssl), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  asio::error_code error;
  stream.set_verify_callback(
      [refusal = std::move(refusal)](bool ok, asio::ssl::verify_context& context) {
        X509_STORE_CTX* const native = context.native_handle();
        if (!ok && refusal->empty()) {
          *refusal = absl::StrCat(
              "the certificate of ", SubjectOf(X509_STORE_CTX_get_current_cert(native)),
              " is refused: ", X509_verify_cert_error_string(X509_STORE_CTX_get_error(native)));
        }
        return ok;
      },
      error);
  return error ? absl::InternalError(error.message()) : absl::OkStatus();
}

bool ChoseHttp2(TlsStream& stream) {
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(stream.native_handle(), &chosen, &size);
  return absl::string_view(reinterpret_cast<const char*>(chosen), size) == kAlpn;
}

std::string DescribeTlsError(const asio::error_code& error, const std::string& refusal) {
  if (!refusal.empty()) return refusal;
  if (error == asio::ssl::error::stream_truncated || error == asio::error::eof) {
    return "the server closed the connection";
  }
  const bool ssl = error.category() == asio::error::get_ssl_category();
  const int reason = ssl ? ERR_GET_REASON(static_cast<unsigned long>(error.value())) : 0;
  if (ssl && reason == SSL_R_WRONG_VERSION_NUMBER) {
    return "the server does not speak TLS; is it an http:// endpoint?";
  }
  if (ssl && reason == SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL) {
    return "the server does not offer HTTP/2 (it refused our ALPN)";
  }
  return error.message();
}

}  // namespace s2::http2
