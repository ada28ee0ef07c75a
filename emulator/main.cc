// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// The emulator as a server: with gRPC's health and reflection services, until SIGTERM or SIGINT;
// then it drains.

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <signal.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "s2/emulator/emulator.h"

namespace {

constexpr char kUsage[] =
    "usage: s2-emulator [--listen ADDRESS]... [--max-memory-bytes N] [--drain-seconds N]\n"
    "  --listen ADDRESS      HOST:PORT (port 0: any) or unix:/PATH; default 127.0.0.1:50051\n"
    "  --max-memory-bytes N  what all records may take; default 0: no limit\n"
    "  --drain-seconds N     how long sessions may take to end on SIGTERM; default 10\n";

struct Flags {
  bool help = false;
  std::vector<std::string> listen;
  uint64_t max_memory_bytes = 0;
  uint64_t drain_seconds = 10;
};

absl::Status SetFlag(absl::string_view name, const std::string& value, Flags& flags) {
  if (name == "--listen") {
    flags.listen.push_back(value);
    return absl::OkStatus();
  }
  uint64_t* number = name == "--max-memory-bytes" ? &flags.max_memory_bytes
                     : name == "--drain-seconds"  ? &flags.drain_seconds
                                                  : nullptr;
  if (number == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("unknown flag ", name, "; try --help"));
  }
  if (!absl::SimpleAtoi(value, number)) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " is \"", value, "\"; it must be a whole number"));
  }
  return absl::OkStatus();
}

// Takes "--name value" and "--name=value".
absl::StatusOr<Flags> ParseFlags(const std::vector<std::string>& args) {
  Flags flags;
  for (size_t i = 0; i < args.size(); ++i) {
    if (args[i] == "--help") {
      flags.help = true;
      return flags;
    }
    const size_t equals = args[i].find('=');
    const std::string name = args[i].substr(0, equals);
    if (!absl::StartsWith(name, "--")) {
      return absl::InvalidArgumentError(absl::StrCat("unknown argument ", name, "; try --help"));
    }
    std::string value;
    if (equals != std::string::npos) {
      value = args[i].substr(equals + 1);
    } else if (i + 1 < args.size()) {
      value = args[++i];
    } else {
      return absl::InvalidArgumentError(absl::StrCat(name, " needs a value; try --help"));
    }
    if (absl::Status s = SetFlag(name, value, flags); !s.ok()) return s;
  }
  if (flags.listen.empty()) flags.listen.push_back("127.0.0.1:50051");
  return flags;
}

// The address as a client would write it: with the port that it got.
std::string Bound(const std::string& address, int port) {
  if (absl::StartsWith(address, "unix:")) return address;
  return absl::StrCat(address.substr(0, address.rfind(':')), ":", port);
}

int Fail(const absl::Status& status) {
  std::cerr << "s2-emulator: " << status.message() << std::endl;
  return 1;
}

int Serve(const Flags& flags, const sigset_t& signals) {
  s2::EmulatorOptions options;
  options.max_memory_bytes = flags.max_memory_bytes;
  s2::Emulator emulator(std::move(options));
  for (const std::string& address : flags.listen) {
    const absl::StatusOr<int> port = emulator.Listen(address);
    if (!port.ok()) return Fail(port.status());
    std::cout << "listening on " << Bound(address, *port) << std::endl;
  }
  int signal;
  sigwait(&signals, &signal);
  emulator.Drain(absl::Now() + absl::Seconds(flags.drain_seconds));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const absl::StatusOr<Flags> flags = ParseFlags({argv + 1, argv + argc});
  if (!flags.ok()) return Fail(flags.status());
  if (flags->help) {
    std::cout << kUsage;
    return 0;
  }
  // Before any thread is made: all of them leave these signals to sigwait.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  setenv("GRPC_VERBOSITY", "NONE", 0);

  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  return Serve(*flags, signals);
}
