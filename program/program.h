// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_PROGRAM_PROGRAM_H_
#define S2_PROGRAM_PROGRAM_H_

#include <grpcpp/security/server_credentials.h>
#include <signal.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "s2/program/flags.h"
#include "s2/program/log.h"
#include "s2/program/metrics_server.h"
#include "s2/server/internal/meter.h"

// What the programs that serve our services have in common.
namespace s2::program {

// What they are told about serving.
struct Options {
  bool help = false;
  std::vector<std::string> listen;
  std::string certificate_file;
  std::string key_file;
  // Clients must have certificates that these vouch for.
  std::string client_roots_file;
  uint64_t drain_seconds = 10;
  // Where Prometheus finds the metrics; empty: nowhere.
  std::string metrics;
  LogLevel log = LogLevel::kInfo;
};

// The flags that say so, and their part of the usage.
void AddFlags(Options& options, Flags& flags);
extern const char kUsage[];

// Parses them, with AddFlags's among them. Errors are one sentence.
absl::Status Parse(const Flags& flags, const std::vector<std::string>& arguments, Options& options);

// Before any server is made: gRPC gives each health and reflection, and logs nothing; and, as
// docs/tuning.md says, freed memory is kept for the next message, up to 64 MiB a heap, and Abseil
// does not look for deadlocks.
void ConfigureProcess();

// For all addresses; null: in the clear. Errors, of code kInvalid, name the flag.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(const Options& options);

// The address as a client would write it: with the port that it got.
std::string Bound(const std::string& address, int port);

// SIGTERM and SIGINT of this process, from now on. To be made before any thread is: all of them
// leave the signals to it.
class Signals {
 public:
  Signals();
  // Waits for one; false: none came in time.
  bool Wait(absl::Duration timeout);

 private:
  sigset_t signals_;
};

// Before there are calls: logs the sessions that fail, by their names and codes alone.
void LogFailedSessions(server::Meter& meter, Log& log);

// Serves the metrics where the options say, and says where that is; null: nowhere. As for
// MetricsServer::Start.
absl::StatusOr<std::unique_ptr<MetricsServer>> ServeMetrics(const Options& options,
                                                            const server::Meter& meter,
                                                            std::function<size_t()> held_bytes);

// Listens where the options say, and says where that is.
template <typename Served>
absl::Status Listen(Served& served, const Options& options, Log& log) {
  const auto credentials = MakeCredentials(options);
  if (!credentials.ok()) return credentials.status();
  for (const std::string& address : options.listen) {
    const absl::StatusOr<int> port = served.Listen(address, *credentials);
    if (!port.ok()) return port.status();
    const std::string bound = Bound(address, *port);
    std::cout << "listening on " << bound << std::endl;
    log.Info("listening", {{"address", bound}});
  }
  log.Info("started");
  return absl::OkStatus();
}

// Ends what is served, as the options say.
template <typename Served>
void Drain(Served& served, const Options& options, Log& log) {
  log.Info("drain_begun");
  served.Drain(absl::Now() + absl::Seconds(options.drain_seconds));
  log.Info("drain_ended");
}

}  // namespace s2::program

#endif  // S2_PROGRAM_PROGRAM_H_
