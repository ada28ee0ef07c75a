// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// The quickstart as a program: signals, terminals, memory.

#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "s2/tests/examples-run/quickstart.h"

namespace s2::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

TEST_F(QuickstartOnServer, CtrlCEndsTheInput) {
  CreateStream();
  Pipe pipe;
  Program program(OnServer(), {pipe.out()});
  pipe.Write("a\nb\nhalf a li");
  AwaitRecords(2);
  program.Signal(SIGINT);
  ExpectOk(program.Wait(), 0, 2, "a\nb\n");
}

TEST_F(QuickstartOnServer, ASecondCtrlCEndsTheProgram) {
  CreateStream();
  const FaultHandle unacked =
      emulator_.faults().Add(FaultMatch::Message("AppendSession"), FaultAction::Withhold());
  Pipe pipe;
  Program program(OnServer(), {pipe.out()});
  pipe.Write("a\n");
  ASSERT_TRUE(unacked.WaitFired(1));
  // One that is not yet handled swallows the next, hence the loop.
  while (!program.ended()) {
    program.Signal(SIGINT);
    sched_yield();
  }
  EXPECT_EQ(program.Wait().signal, SIGINT);
}

TEST_F(QuickstartOnServer, MemoryDoesNotGrowWithTheInput) {
  setenv("ASAN_OPTIONS", "quarantine_size_mb=1", 1);  // which would keep what was freed
  CreateStream();
  Pipe pipe;
  Program program(OnServer(), {pipe.out()});
  uint64_t sent = 0;
  const auto send = [&](size_t mib) {
    const std::string line = std::string(1023, 'x') + "\n";
    for (size_t kib = 0; kib < mib * 1024; ++kib) pipe.Write(line);
    AwaitRecords(sent += mib * 1024);
  };
  send(8);
  const size_t before = program.PeakBytes();
  send(64);
  EXPECT_LT(program.PeakBytes(), before + (24 << 20));
}

TEST(QuickstartTerminal, ShowsALiveLine) {
  int terminal;
  int program_side;
  ASSERT_EQ(openpty(&terminal, &program_side, nullptr, nullptr, nullptr), 0);
  Program program(Quickstart({MakeFile("a\n")}), {program_side, program_side, program_side});
  close(program_side);
  std::string shown;
  char buffer[4096];
  ssize_t n;
  while ((n = read(terminal, buffer, sizeof(buffer))) > 0) {
    shown.append(buffer, static_cast<size_t>(n));
  }
  close(terminal);
  EXPECT_EQ(program.Wait().exit_code, 0);
  EXPECT_THAT(shown,
              ContainsRegex(
                  "\r\033\\[K[0-9]+ records, [0-9.]+ MiB/s, [0-9]+ bytes unacked, tail [0-9]+\r"));
  EXPECT_THAT(shown, HasSubstr("\r\nok 1 records, seq_num 0..1, "));
}

TEST(QuickstartTerminal, IsNoInput) {
  int terminal;
  int program_side;
  ASSERT_EQ(openpty(&terminal, &program_side, nullptr, nullptr, nullptr), 0);
  const Ended ended = RunProgram(Quickstart({}), {program_side});
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.out, HasSubstr("\nok "));
  close(program_side);
  close(terminal);
}

}  // namespace
}  // namespace s2::testing
