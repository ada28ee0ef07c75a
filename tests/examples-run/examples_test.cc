// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// The examples, one story each, against an emulator.

#include "s2/tests/examples-run/examples.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "s2/retry/error.h"

namespace s2::testing {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

TEST_F(Examples, AppendThenRead) {
  EXPECT_EQ(Output(Command("append")),
            "durable: seq_num 0\ndurable: seq_num 1\ndurable: seq_num 2\n");
  EXPECT_EQ(Output(Command("read")), "0: hello\n1: brave\n2: world\n");
}

TEST_F(Examples, ExactlyOnce) {
  EXPECT_EQ(Output(Command("exactly_once")), "");
  EXPECT_EQ(Output(Command("read")), "0: created\n1: paid\n2: shipped\n");
}

TEST_F(Examples, ExactlyOnceHandsOverWhatASessionLeftOpen) {
  // "paid" is in the stream, its ack alone is lost, and the server is away for too long.
  FaultMatch paid = FaultMatch::Message("AppendSession");
  paid.when = [](const FaultPoint& point) { return point.input->records(0).body() == "paid"; };
  const absl::Status gone = MakeError(ErrorCode::kUnavailable, "away");
  const FaultHandle lost = emulator_.faults().Add(paid, FaultAction::FailAfter(gone));
  FaultMatch open;
  open.open = true;
  open.when = [lost](const FaultPoint&) { return lost.fired() > 0; };
  const FaultHandle away = emulator_.faults().Add(open, FaultAction::FailBefore(gone), 6);
  EXPECT_THAT(Output(Command("exactly_once")), StartsWith("2 left: "));
  EXPECT_EQ(away.fired(), 6);
  EXPECT_EQ(Output(Command("read")), "0: created\n1: paid\n2: shipped\n");
}

TEST_F(Examples, Messages) { EXPECT_EQ(Output(Command("messages")), "0: tea\n1: cake\n"); }

TEST_F(Examples, Follow) {
  for (const char* body : {"a", "b", "c", "d"}) Append(body);
  int pipe_fds[2];
  ASSERT_EQ(pipe2(pipe_fds, O_CLOEXEC), 0);
  Program program(Command("follow"), {-1, pipe_fds[1]});
  close(pipe_fds[1]);
  FILE* out = fdopen(pipe_fds[0], "r");
  const auto next_line = [out] {
    char line[100] = "";
    return std::string(fgets(line, sizeof(line), out) == nullptr ? "" : line);
  };
  // The callback and the loop print from threads of their own.
  const std::vector<std::string> lines = {next_line(), next_line(), next_line(), next_line()};
  EXPECT_THAT(lines,
              UnorderedElementsAre("1: b\n", "2: c\n", "3: d\n", "caught up at seq_num 4\n"));
  Append("e");
  EXPECT_EQ(next_line(), "4: e\n");
  program.Signal(SIGINT);
  EXPECT_EQ(program.Wait().signal, SIGINT);
  fclose(out);
}

TEST_F(Examples, FromRust) {
  EXPECT_EQ(Output(Command("from_rust")), "2 records read\ndurable at 2\n");
}

TEST_F(Examples, LeaderElection) {
  EXPECT_EQ(Output(Command("leader_election")),
            "ann@0 leads\nann@0 decided\nben@2 leads\nann@0 was replaced\nben@2 decided\n");
}

TEST_F(Examples, ReadFromTimestamp) {
  EXPECT_EQ(Output(Command("read_from_timestamp")), "");
  const auto now = static_cast<uint64_t>(absl::ToUnixMillis(absl::Now()));
  Append("old", now - 120000);
  EXPECT_EQ(Output(Command("read_from_timestamp")), "");
  Append("new", now);
  EXPECT_THAT(Output(Command("read_from_timestamp")), MatchesRegex("20[^\n]*: new\n"));
}

TEST_F(Examples, ReserveInEventLoop) {
  EXPECT_EQ(Output(Command("reserve_in_event_loop")), "");
  EXPECT_EQ(stream_.CheckTail()->seq_num(), 100);
}

TEST_F(Examples, ResumeFromCheckpoint) {
  const std::string file = absl::StrCat(::testing::TempDir(), "s2-checkpoint-", getpid());
  std::vector<std::string> command = Command("resume_from_checkpoint");
  command.push_back(file);
  Append("a");
  Append("b");
  EXPECT_EQ(Output(command), "0: a\n1: b\n");
  EXPECT_EQ(Output(command), "");
  Append("c");
  EXPECT_EQ(stream_.Append(MakeInput({MakeTrimRecord(3)}))->start().seq_num(), 3);
  Append("d");
  EXPECT_THAT(Output(command),
              AllOf(StartsWith("trimmed before it was read: 2 to 3\n3: "), EndsWith("4: d\n")));
  EXPECT_EQ(Output(command), "");
  unlink(file.c_str());
}

TEST(Example, SaysWhyItFails) {
  const Ended ended =
      RunProgram({absl::StrCat(S2_EXAMPLES, "/example-append"), "grpc://127.0.0.1:1"});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.err, HasSubstr("Connection refused"));
}

}  // namespace
}  // namespace s2::testing
