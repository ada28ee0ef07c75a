// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_EXAMPLES_RUN_PROGRAM_H_
#define S2_TESTS_EXAMPLES_RUN_PROGRAM_H_

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <vector>

namespace s2::testing {

// How a program ended.
struct Ended {
  int exit_code = -1;  // -1: by a signal
  int signal = 0;
  std::string out;
  std::string err;
};

// A program as its user starts it, with its own stdin, stdout and stderr.
class Program {
 public:
  // File descriptors that the program gets. -1: an empty stdin, and outputs that Wait returns.
  struct Stdio {
    int in = -1;
    int out = -1;
    int err = -1;
  };

  explicit Program(std::vector<std::string> command, Stdio stdio = {-1, -1, -1});
  // Kills it, if it was not waited for.
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t pid() const { return pid_; }

  void Signal(int signal);

  // Has it ended?
  bool ended();

  // The most memory that it has had so far.
  size_t PeakBytes();

  Ended Wait();

 private:
  pid_t pid_ = 0;
  const int out_;
  const int err_;
};

// Starts it, and waits for its end.
Ended RunProgram(std::vector<std::string> command, Program::Stdio stdio = {-1, -1, -1});

}  // namespace s2::testing

#endif  // S2_TESTS_EXAMPLES_RUN_PROGRAM_H_
