// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/examples-run/program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"

namespace s2::testing {
namespace {

std::string Contents(int fd) {
  std::string all(static_cast<size_t>(lseek(fd, 0, SEEK_END)), '\0');
  EXPECT_EQ(pread(fd, all.data(), all.size(), 0), static_cast<ssize_t>(all.size()));
  return all;
}

}  // namespace

Program::Program(std::vector<std::string> command, Stdio stdio)
    : out_(memfd_create("stdout", MFD_CLOEXEC)), err_(memfd_create("stderr", MFD_CLOEXEC)) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  if (stdio.in == -1) {
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  } else {
    posix_spawn_file_actions_adddup2(&files, stdio.in, STDIN_FILENO);
  }
  posix_spawn_file_actions_adddup2(&files, stdio.out == -1 ? out_ : stdio.out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, stdio.err == -1 ? err_ : stdio.err, STDERR_FILENO);
  std::vector<char*> argv;
  for (std::string& argument : command) argv.push_back(argument.data());
  argv.push_back(nullptr);
  EXPECT_EQ(posix_spawn(&pid_, argv[0], &files, nullptr, argv.data(), environ), 0) << argv[0];
  posix_spawn_file_actions_destroy(&files);
}

Program::~Program() {
  if (pid_ != 0) {
    kill(pid_, SIGKILL);
    Wait();
  }
  close(out_);
  close(err_);
}

void Program::Signal(int signal) { kill(pid_, signal); }

bool Program::ended() {
  siginfo_t info = {};
  waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
  return info.si_pid == pid_;
}

size_t Program::PeakBytes() {
  std::ifstream status(absl::StrCat("/proc/", pid_, "/status"));
  for (std::string word; status >> word;) {
    size_t kib;
    if (word == "VmHWM:" && status >> kib) return kib * 1024;
  }
  ADD_FAILURE() << "no VmHWM";
  return 0;
}

Ended Program::Wait() {
  Ended ended;
  int status = 0;
  EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
  pid_ = 0;
  if (WIFEXITED(status)) ended.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
  ended.out = Contents(out_);
  ended.err = Contents(err_);
  return ended;
}

Ended RunProgram(std::vector<std::string> command, Program::Stdio stdio) {
  return Program(std::move(command), stdio).Wait();
}

}  // namespace s2::testing
