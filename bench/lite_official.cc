// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "s2/bench/check.h"
#include "s2/bench/lite_run.h"
#include "s2/tests/examples-run/program.h"
#include "s2/tests/lite/lite.h"

namespace s2::bench {
namespace {

// Seconds of all children that have ended.
double ChildrenCpu() {
  rusage usage;
  getrusage(RUSAGE_CHILDREN, &usage);
  return absl::ToDoubleSeconds(absl::DurationFromTimeval(usage.ru_utime) +
                               absl::DurationFromTimeval(usage.ru_stime));
}

// Seconds of a process that runs.
double Cpu(pid_t pid) {
  std::ifstream stat(absl::StrCat("/proc/", pid, "/stat"));
  std::string line;
  std::getline(stat, line);
  long user = 0;
  long system = 0;
  // Fields 14 and 15; the second is in parentheses.
  const int got =
      std::sscanf(line.c_str() + line.rfind(')') + 1,
                  " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user, &system);
  if (got != 2) Die("/proc has no CPU time of s2 bench");
  return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

// What the expression's groups find, in `text`.
std::smatch Find(const std::string& text, const char* expression) {
  std::smatch match;
  if (!std::regex_search(text, match, std::regex(expression))) {
    Die(absl::StrCat("s2 bench said nothing like ", expression, ": ", text));
  }
  return match;
}

// "Write: 150.00 MiB/s, 19200 records/s (N bytes, ...": the rate, and the GiB.
std::pair<double, double> Line(const std::string& text, const std::string& what) {
  const std::string expression = what + ": ([0-9.]+) MiB/s.*\\(([0-9]+) bytes";
  const std::smatch match = Find(text, expression.c_str());
  return {std::stod(match[1]), std::stod(match[2]) / (1 << 30)};
}

double Milliseconds(const std::smatch& match) {
  const double number = std::stod(match[1]);
  return match[2] == "us" ? number / 1000 : match[2] == "ms" ? number : number * 1000;
}

}  // namespace

LiteFigures RunOfficial(const LiteLoad& load) {
  const lite::Lite server;
  lite::MakeStream(lite::MustConnect(server.endpoint()), "unused");
  int out[2];
  if (pipe2(out, O_CLOEXEC) != 0) Die("no pipe");
  const double before = ChildrenCpu();
  testing::Program program(
      lite::CliCommand(
          server, {"bench", lite::kBasin, "--record-size", absl::StrCat(load.record_bytes),
                   "--target-mibps", absl::StrCat(static_cast<int>(load.mib_per_second)),
                   "--duration", absl::FormatDuration(load.duration), "--catchup-delay", "0s"}),
      {-1, -1, out[1]});
  close(out[1]);
  std::string text;
  double appended = 0;
  char buffer[4096];
  for (ssize_t n; (n = read(out[0], buffer, sizeof(buffer))) > 0;) {
    text.append(buffer, static_cast<size_t>(n));
    if (appended == 0 && absl::StrContains(text, "Waiting")) appended = Cpu(program.pid());
  }
  close(out[0]);
  if (program.Wait().exit_code != 0) Die(absl::StrCat("s2 bench failed: ", text));
  const double all = ChildrenCpu() - before;

  const auto [append_rate, append_gib] = Line(text, "Write");
  const auto [read_rate, read_gib] = Line(text, "Catchup");
  LiteFigures figures;
  figures.append_rate = append_rate;
  figures.read_rate = read_rate;
  figures.append_cpu = appended / append_gib;
  figures.read_cpu = (all - appended) / read_gib;
  figures.ack_p50 = Milliseconds(Find(text, "p50 *: *([0-9.]+)(us|ms|s)"));
  return figures;
}

}  // namespace s2::bench
