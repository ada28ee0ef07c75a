// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/server/internal/program.h"

#include <cerrno>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"
#include "s2/server/internal/pem_file.h"

namespace s2::server {

const char kProgramUsage[] =
    "  --listen ADDRESS        HOST:PORT (port 0: any) or unix:/PATH; may be given again;\n"
    "                          default 127.0.0.1:50051\n"
    "  --cert FILE --key FILE  serve TLS with this certificate and its key, in PEM\n"
    "  --client-roots FILE     only to clients with a certificate that these vouch for\n"
    "  --drain-seconds N       how long sessions may take to end on SIGTERM; default 10\n";

void AddFlags(ProgramOptions& options, Flags& flags) {
  flags.Add("--listen", &options.listen);
  flags.Add("--cert", &options.certificate_file);
  flags.Add("--key", &options.key_file);
  flags.Add("--client-roots", &options.client_roots_file);
  flags.Add("--drain-seconds", &options.drain_seconds);
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(
    const ProgramOptions& options) {
  if (options.certificate_file.empty() != options.key_file.empty()) {
    return MakeError(ErrorCode::kInvalid, "--cert and --key go together");
  }
  if (options.certificate_file.empty()) {
    if (options.client_roots_file.empty()) return nullptr;
    return MakeError(ErrorCode::kInvalid, "--client-roots needs --cert and --key");
  }
  absl::StatusOr<std::string> certificate = ReadPem("--cert", options.certificate_file);
  if (!certificate.ok()) return certificate.status();
  absl::StatusOr<std::string> key = ReadPem("--key", options.key_file);
  if (!key.ok()) return key.status();
  absl::StatusOr<std::string> roots = ReadPem("--client-roots", options.client_roots_file);
  if (!roots.ok()) return roots.status();
  grpc::SslServerCredentialsOptions ssl(
      roots->empty() ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                     : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  ssl.pem_root_certs = *std::move(roots);
  ssl.pem_key_cert_pairs.push_back({*std::move(key), *std::move(certificate)});
  return grpc::SslServerCredentials(ssl);
}

std::string Bound(const std::string& address, int port) {
  if (absl::StartsWith(address, "unix:")) return address;
  return absl::StrCat(address.substr(0, address.rfind(':')), ":", port);
}

Signals::Signals() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

bool Signals::Wait(absl::Duration timeout) {
  if (timeout == absl::InfiniteDuration()) return sigwaitinfo(&signals_, nullptr) > 0;
  const timespec wait = absl::ToTimespec(timeout);
  return sigtimedwait(&signals_, nullptr, &wait) > 0;
}

}  // namespace s2::server
