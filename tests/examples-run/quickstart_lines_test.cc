// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// What goes through the quickstart, on the emulator inside it.

#include <fcntl.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "s2/tests/examples-run/quickstart.h"

namespace s2::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

TEST(QuickstartLines, AFileGoesThroughAndComesBack) {
  const std::string text = MakeLines(20000);
  ExpectOk(RunProgram(Quickstart({MakeFile(text)})), 0, 20000, text);
}

TEST(QuickstartLines, APipeDoesToo) {
  const std::string text = MakeLines(20000);
  const std::string command = absl::StrCat("cat ", MakeFile(text), " | ", S2_QUICKSTART);
  ExpectOk(RunProgram({"/bin/sh", "-c", command}), 0, 20000, text);
}

TEST(QuickstartLines, StandardInputMayBeAFile) {
  const std::string text = MakeLines(3);
  const int fd = open(MakeFile(text).c_str(), O_RDONLY | O_CLOEXEC);
  ExpectOk(RunProgram(Quickstart({}), {fd}), 0, 3, text);
  close(fd);
}

TEST(QuickstartLines, AFileIsTakenBeforeAPipe) {
  Pipe pipe;
  pipe.Write("not this\n");
  ExpectOk(RunProgram(Quickstart({MakeFile("this\n")}), {pipe.out()}), 0, 1, "this\n");
}

TEST(QuickstartLines, ADashIsStandardInput) {
  Pipe pipe;
  pipe.Write("a\n");
  pipe.Close();
  ExpectOk(RunProgram(Quickstart({"-"}), {pipe.out()}), 0, 1, "a\n");
  ExpectOk(RunProgram(Quickstart({"-"})), 0, 0, "");
}

TEST(QuickstartLines, WithNeitherItTakesATextThatTheMachineHas) {
  const Ended ended = RunProgram(Quickstart({}));
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(ended.out, ContainsRegex("\nok [1-9][0-9]{3,4} records, seq_num 0\\.\\.[0-9]+, "));
}

TEST(QuickstartLines, AnEmptyInputIsNoRecords) {
  ExpectOk(RunProgram(Quickstart({MakeFile("")})), 0, 0, "");
  Pipe pipe;
  pipe.Close();
  ExpectOk(RunProgram(Quickstart({}), {pipe.out()}), 0, 0, "");
}

TEST(QuickstartLines, EmptyLinesAndBinaryBytesSurvive) {
  std::string text = "\n\n\r\n";
  for (int byte = 0; byte < 256; ++byte) {
    text += byte == '\n' ? "\n\n" : std::string(2, static_cast<char>(byte));
  }
  text += "\n\n";
  const auto lines = static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
  ExpectOk(RunProgram(Quickstart({MakeFile(text)})), 0, lines, text);
}

TEST(QuickstartLines, AMissingLastNewlineIsNoDifference) {
  ExpectOk(RunProgram(Quickstart({MakeFile("a\nb")})), 0, 2, "a\nb\n");
}

TEST(QuickstartLines, TheLongestLineFits) {
  const std::string longest = std::string(1024 * 1024 - 8, 'x') + "\n";
  const std::string text = absl::StrCat("a\n", longest, longest, "b\n");
  ExpectOk(RunProgram(Quickstart({MakeFile(text)})), 0, 4, text);
}

TEST(QuickstartLines, ItEndsWithFigures) {
  const Ended ended =
      RunProgram(Quickstart({MakeFile(MakeLines(1000)), "--stream=s2://my-basin/a/b c"}));
  EXPECT_THAT(ended.out, HasSubstr(" to s2://my-basin/a/b c on emulator:\n"));
  EXPECT_THAT(ended.out, ContainsRegex("\nappended 0\\.0 MiB in [0-9.]+ s: [0-9.]+ MiB/s, "));
  EXPECT_THAT(ended.out, ContainsRegex("\nack latency p50 [0-9.]+ ms, p99 [0-9.]+ ms\n"));
}

TEST(QuickstartLines, HelpTellsTheFlags) {
  const Ended ended = RunProgram(Quickstart({"--help"}));
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.out, HasSubstr("[FILE] [--endpoint E] [--stream s2://BASIN/STREAM]"));
}

}  // namespace
}  // namespace s2::testing
