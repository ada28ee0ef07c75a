// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// What the quickstart says when it cannot.

#include <fcntl.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "s2/tests/connect/silent_listener.h"
#include "s2/tests/examples-run/quickstart.h"

namespace s2::testing {
namespace {

TEST(QuickstartErrors, AWrongCommandLineIsOneSentence) {
  const struct {
    std::vector<std::string> arguments;
    const char* sentence;
  } cases[] = {
      {{"--foo"}, "unknown flag --foo"},
      {{"--endpoint"}, "--endpoint needs a value"},
      {{"a", "b"}, "one FILE is all it takes, found 2"},
      {{"--stream", "my-basin/s"}, "--stream is \"my-basin/s\"; expected s2://BASIN/STREAM"},
      {{"--stream", "s2://my-basin"}, "expected s2://BASIN/STREAM"},
      {{"--stream", "s2://my-basin/"}, "--stream: stream \"\" has 0 bytes"},
      {{"--stream", "s2://basin/s"}, "--stream: basin \"basin\" has 5 bytes"},
      {{"--endpoint", "localhost"}, "endpoint: expected \"emulator:\", \"grpc://\""},
  };
  for (const auto& c : cases) ExpectError(RunProgram(Quickstart(c.arguments)), c.sentence);
}

TEST(QuickstartErrors, AFileThatCannotBeReadIsNamed) {
  ExpectError(RunProgram(Quickstart({"/no/such/file"})),
              "cannot open /no/such/file: No such file or directory");
  ExpectError(RunProgram(Quickstart({"/"})), "cannot read /: Is a directory");
  ExpectError(RunProgram(Quickstart({"/proc/self/mem"})),
              "cannot read /proc/self/mem: Input/output error");
}

TEST(QuickstartErrors, ATooLongLineIsNamedAndTheLinesBeforeItAreKept) {
  const std::string too_long(1024 * 1024 - 7, 'x');
  for (const std::string& line : {too_long, too_long + "\nc\n", std::string(8 << 20, 'x')}) {
    const std::string file = MakeFile(absl::StrCat("a\nb\n", line));
    ExpectError(RunProgram(Quickstart({file})),
                absl::StrCat("line 3 of ", file,
                             " has more than 1048568 bytes, the most that a "
                             "record can hold; in the stream: 2 records, "
                             "seq_num 0..2\n"));
  }
}

TEST(QuickstartErrors, AnEndpointThatRefusesIsAnError) {
  ExpectError(RunProgram(Quickstart({"--endpoint", "grpc://127.0.0.1:1"})), "Connection refused");
}

TEST(QuickstartErrors, AnEndpointThatDoesNotAnswerIsGivenUp) {
  SilentListener server;
  ExpectError(RunProgram(Quickstart({"--endpoint", server.endpoint()})), "check tail of s2://");
}

TEST(QuickstartErrors, AFullDiskIsAnError) {
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  ExpectError(RunProgram(Quickstart({MakeFile("a\n")}), {-1, full}),
              "cannot write to standard output");
  close(full);
}

TEST_F(QuickstartOnServer, AServerThatGoesIsAnErrorThoughMoreInputMayCome) {
  CreateStream();
  Pipe pipe;
  Program program(OnServer(), {pipe.out()});
  pipe.Write("a\n");
  AwaitRecords(1);
  emulator_.StopListening();
  pipe.Write("b\n");
  ExpectError(program.Wait(), "s2://s2-cpp-quickstart/lines");
}

}  // namespace
}  // namespace s2::testing
