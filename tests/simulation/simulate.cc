// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// s2-simulate; script/simulate says what it does.
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "s2/tests/simulation/figures.h"
#include "s2/tests/simulation/schedule.h"
#include "s2/tests/simulation/shrink.h"
#include "s2/tests/simulation/simulation.h"

ABSL_FLAG(uint64_t, seeds, 1000, "How many seeds to simulate.");
ABSL_FLAG(uint64_t, start, 1, "The first of them.");
ABSL_FLAG(uint64_t, seed, 0, "Simulates this seed alone.");
ABSL_FLAG(bool, trace, false, "With --seed: prints all that happens.");
ABSL_FLAG(std::vector<std::string>, only, {}, "With --seed: these steps of its schedule alone.");
ABSL_FLAG(uint64_t, jobs, 1, "Processes to spread the seeds over.");
ABSL_FLAG(bool, stop, false, "Stops at the first violation.");

namespace s2::simulation {
namespace {

// Of each process; more violations are only counted.
constexpr uint64_t kDescribed = 3;
// A simulation takes milliseconds.
constexpr unsigned kHangSeconds = 120;

volatile uint64_t current_seed = 0;

// A bug may be worse than a violation. This says which seed it was.
void OnCrash(int signal) {
  char text[128];
  const unsigned long long seed = current_seed;
  const int size =
      std::snprintf(text, sizeof(text), "seed %llu %s: script/simulate --seed %llu --trace\n", seed,
                    signal == SIGALRM ? "hangs" : "crashes", seed);
  if (write(STDOUT_FILENO, text, size) != size) _exit(1);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

Schedule Take(const Schedule& whole, const std::vector<size_t>& steps) {
  Schedule part{whole.seed, {}};
  for (const size_t step : steps) part.steps.push_back(whole.steps.at(step));
  return part;
}

void DescribeViolation(const Schedule& schedule, const std::string& violation) {
  const std::vector<size_t> steps =
      Shrink(schedule.steps.size(), [&](const std::vector<size_t>& kept) {
        return Simulate(Take(schedule, kept)).violation.has_value();
      });
  const Schedule shortest = Take(schedule, steps);
  absl::PrintF("seed %d: %s\n", schedule.seed, violation);
  absl::PrintF("  replay: script/simulate --seed %d --trace\n", schedule.seed);
  absl::PrintF("  the shortest schedule that fails, %d of %d steps (--only %s):\n", steps.size(),
               schedule.steps.size(), absl::StrJoin(steps, ","));
  for (const Step& step : shortest.steps) absl::PrintF("    %s\n", Describe(step));
  absl::PrintF("    %s\n", *Simulate(shortest).violation);
  std::fflush(stdout);
}

Outcome Play(const Schedule& schedule, World::Trace trace = nullptr) {
  current_seed = schedule.seed;
  alarm(kHangSeconds);
  return Simulate(schedule, std::move(trace));
}

int PlayOne(uint64_t seed) {
  Schedule schedule = DrawSchedule(seed);
  std::vector<size_t> steps;
  for (const std::string& step : absl::GetFlag(FLAGS_only)) {
    size_t number = 0;
    if (!absl::SimpleAtoi(step, &number) || number >= schedule.steps.size()) {
      absl::FPrintF(stderr, "--only: \"%s\" is none of the steps 0 to %d\n", step,
                    schedule.steps.size() - 1);
      return 2;
    }
    steps.push_back(number);
  }
  if (!steps.empty()) schedule = Take(schedule, steps);
  World::Trace trace;
  if (absl::GetFlag(FLAGS_trace)) {
    trace = [](absl::string_view line) { absl::PrintF("%s\n", line); };
  }
  const Outcome outcome = Play(schedule, std::move(trace));
  if (outcome.violation && steps.empty()) DescribeViolation(schedule, *outcome.violation);
  absl::PrintF("%d operations, %d faults\n1 seeds, %d violations\n", outcome.operations,
               outcome.faults, outcome.violation.has_value());
  return outcome.violation ? 1 : 0;
}

// Every `jobs`-th seed.
void PlayShare(uint64_t share, uint64_t jobs, Figures& figures) {
  const uint64_t start = absl::GetFlag(FLAGS_start);
  for (uint64_t i = share; i < absl::GetFlag(FLAGS_seeds); i += jobs) {
    const Schedule schedule = DrawSchedule(start + i);
    const Outcome outcome = Play(schedule);
    figures.Add(outcome);
    if (!outcome.violation) continue;
    if (figures.violations <= kDescribed) DescribeViolation(schedule, *outcome.violation);
    if (absl::GetFlag(FLAGS_stop)) return;
  }
}

double CpuSecondsOfShares() {
  rusage usage;
  getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

int PlayAll(uint64_t jobs) {
  auto* const shares = static_cast<Figures*>(mmap(
      nullptr, jobs * sizeof(Figures), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  for (uint64_t i = 0; i < jobs; ++i) {
    new (&shares[i]) Figures();
    if (fork() != 0) continue;
    PlayShare(i, jobs, shares[i]);
    std::exit(0);  // so that coverage is counted
  }
  Figures all;
  for (uint64_t i = 0; i < jobs; ++i) {
    int status = 0;
    wait(&status);
    if (status != 0) ++all.violations;
  }
  for (uint64_t i = 0; i < jobs; ++i) all.Add(shares[i]);
  absl::PrintF("a seed: %d operations, %d faults (medians), %d events\n", all.operations.Median(),
               all.faults.Median(), all.events / std::max<uint64_t>(all.seeds, 1));
  absl::PrintF("%.0f seeds a minute of one core\n",
               static_cast<double>(all.seeds) / CpuSecondsOfShares() * 60);
  absl::PrintF("%d seeds, %d violations\n", all.seeds, all.violations);
  return all.violations == 0 ? 0 : 1;
}

int Main() {
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM}) {
    std::signal(signal, OnCrash);
  }
  if (const uint64_t seed = absl::GetFlag(FLAGS_seed); seed != 0) return PlayOne(seed);
  return PlayAll(std::max<uint64_t>(absl::GetFlag(FLAGS_jobs), 1));
}

}  // namespace
}  // namespace s2::simulation

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  return s2::simulation::Main();
}
