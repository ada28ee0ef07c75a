// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// The emulator as a server: with gRPC's health and reflection services, until SIGTERM or SIGINT;
// then it drains.

#include <unistd.h>

#include <iostream>
#include <utility>

#include "s2/emulator/emulator.h"
#include "s2/program/flags.h"
#include "s2/program/log.h"
#include "s2/program/program.h"

namespace {

constexpr char kUsage[] =
    "usage: s2-emulator [FLAG]...\n"
    "  --max-memory-bytes N    what all records may take; default 0: no limit\n";

int Fail(const absl::Status& status) {
  std::cerr << "s2-emulator: " << status.message() << std::endl;
  return 1;
}

int Serve(const s2::program::Options& program, s2::EmulatorOptions options,
          s2::program::Signals& signals) {
  s2::program::Log log(STDERR_FILENO, program.log);
  s2::Emulator emulator(std::move(options));
  s2::program::LogFailedSessions(emulator.meter(), log);
  const auto metrics = s2::program::ServeMetrics(
      program, emulator.meter(), [&emulator] { return emulator.stats().held_bytes; });
  if (!metrics.ok()) return Fail(metrics.status());
  if (absl::Status s = s2::program::Listen(emulator, program, log); !s.ok()) return Fail(s);
  while (!signals.Wait(absl::InfiniteDuration())) {
  }
  s2::program::Drain(emulator, program, log);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  s2::program::Options program;
  uint64_t max_memory_bytes = 0;
  s2::program::Flags flags;
  s2::program::AddFlags(program, flags);
  flags.Add("--max-memory-bytes", &max_memory_bytes);
  const absl::Status parsed = s2::program::Parse(flags, {argv + 1, argv + argc}, program);
  if (!parsed.ok()) return Fail(parsed);
  if (program.help) {
    std::cout << kUsage << s2::program::kUsage;
    return 0;
  }
  s2::program::Signals signals;
  s2::program::ConfigureProcess();
  s2::EmulatorOptions options;
  options.max_memory_bytes = max_memory_bytes;
  return Serve(program, std::move(options), signals);
}
