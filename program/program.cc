// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/program/program.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <malloc.h>

#include <cstdlib>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "s2/retry/error.h"
#include "s2/server/internal/pem_file.h"

namespace s2::program {

const char kUsage[] =
    "  --listen ADDRESS        HOST:PORT (port 0: any) or unix:/PATH; may be given again;\n"
    "                          default 127.0.0.1:50051\n"
    "  --cert FILE --key FILE  serve TLS with this certificate and its key, in PEM\n"
    "  --client-roots FILE     only to clients with a certificate that these vouch for\n"
    "  --drain-seconds N       how long sessions may take to end on SIGTERM; default 10\n"
    "  --metrics HOST:PORT     serve Prometheus's metrics at http://HOST:PORT/metrics; default: "
    "no\n"
    "  --log LEVEL             what to log on stderr, as JSON: info, error or none; default info\n";

namespace {

constexpr char kDefaultAddress[] = "127.0.0.1:50051";

absl::Status ParseLevel(const std::string& text, LogLevel& level) {
  if (text == "info") {
    level = LogLevel::kInfo;
  } else if (text == "error") {
    level = LogLevel::kError;
  } else if (text == "none") {
    level = LogLevel::kNone;
  } else {
    return absl::InvalidArgumentError(
        absl::StrCat("--log is \"", text, "\"; it must be info, error or none"));
  }
  return absl::OkStatus();
}

}  // namespace

void AddFlags(Options& options, Flags& flags) {
  flags.Add("--listen", &options.listen);
  flags.Add("--cert", &options.certificate_file);
  flags.Add("--key", &options.key_file);
  flags.Add("--client-roots", &options.client_roots_file);
  flags.Add("--drain-seconds", &options.drain_seconds);
  flags.Add("--metrics", &options.metrics);
  flags.Add("--log",
            [&options](const std::string& value) { return ParseLevel(value, options.log); });
}

absl::Status Parse(const Flags& flags, const std::vector<std::string>& arguments,
                   Options& options) {
  if (absl::Status s = flags.Parse(arguments, &options.help); !s.ok()) return s;
  if (options.listen.empty()) options.listen.push_back(kDefaultAddress);
  return absl::OkStatus();
}

void ConfigureProcess() {
  setenv("GRPC_VERBOSITY", "NONE", 0);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(const Options& options) {
  if (options.certificate_file.empty() != options.key_file.empty()) {
    return MakeError(ErrorCode::kInvalid, "--cert and --key go together");
  }
  if (options.certificate_file.empty()) {
    if (options.client_roots_file.empty()) return nullptr;
    return MakeError(ErrorCode::kInvalid, "--client-roots needs --cert and --key");
  }
  absl::StatusOr<std::string> certificate = server::ReadPem("--cert", options.certificate_file);
  if (!certificate.ok()) return certificate.status();
  absl::StatusOr<std::string> key = server::ReadPem("--key", options.key_file);
  if (!key.ok()) return key.status();
  absl::StatusOr<std::string> roots = server::ReadPem("--client-roots", options.client_roots_file);
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

void LogFailedSessions(server::Meter& meter, Log& log) {
  // Not the message: it may quote what S2 said.
  meter.set_on_failed_session([&log](const server::SessionEnd& session) {
    const bool append = session.kind == server::SessionKind::kAppend;
    log.Error("session_failed", {{"kind", append ? "append" : "read"},
                                 {"basin", session.basin},
                                 {"stream", session.stream},
                                 {"code", server::ErrorName(session.status)}});
  });
}

absl::StatusOr<std::unique_ptr<MetricsServer>> ServeMetrics(const Options& options,
                                                            const server::Meter& meter,
                                                            std::function<size_t()> held_bytes) {
  if (options.metrics.empty()) return nullptr;
  auto metrics = MetricsServer::Start(options.metrics, meter, std::move(held_bytes));
  if (metrics.ok()) {
    std::cout << "metrics on " << Bound(options.metrics, (*metrics)->port()) << std::endl;
  }
  return metrics;
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

}  // namespace s2::program
