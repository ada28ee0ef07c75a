// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_EXAMPLES_RUN_QUICKSTART_H_
#define S2_TESTS_EXAMPLES_RUN_QUICKSTART_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "s2/client/client.h"
#include "s2/emulator/emulator.h"
#include "s2/tests/examples-run/program.h"

namespace s2::testing {

// The quickstart with these arguments.
std::vector<std::string> Quickstart(std::vector<std::string> arguments);

// A pipe to the program's stdin.
class Pipe {
 public:
  Pipe();
  ~Pipe();
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  // What the program reads from.
  int out() const { return fds_[0]; }
  void Write(absl::string_view text);
  // The end of the input.
  void Close();

 private:
  int fds_[2];
};

// A new file with this text; its name.
std::string MakeFile(absl::string_view text);

// `count` different lines, with their newlines.
std::string MakeLines(size_t count);

// The last line of stdout when all went well; `text` has a newline behind each line.
std::string OkLine(uint64_t begin, uint64_t end, absl::string_view text);

// OkLine as the last line of an output, and no error.
void ExpectOk(const Ended& ended, uint64_t begin, uint64_t end, absl::string_view text);

// One sentence on stderr that has this in it, no "ok" on stdout, and a non-zero exit.
void ExpectError(const Ended& ended, absl::string_view sentence);

// The quickstart's stream on an emulator in the test, which can so see and do what it likes.
class QuickstartOnServer : public ::testing::Test {
 protected:
  QuickstartOnServer();

  // Arguments that lead to it.
  std::vector<std::string> OnServer(std::vector<std::string> arguments = {}) const;
  // Makes the stream before the program does.
  void CreateStream();
  // Waits until there are so many records.
  void AwaitRecords(uint64_t count);

  Emulator emulator_;
  Client client_;
  Stream stream_;
  std::string endpoint_;
};

}  // namespace s2::testing

#endif  // S2_TESTS_EXAMPLES_RUN_QUICKSTART_H_
