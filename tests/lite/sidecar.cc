// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/lite/sidecar.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <utility>

namespace s2::lite {

Sidecar::Sidecar(const std::string& upstream, const std::string& listen,
                 const std::vector<std::string>& flags)
    : address_(listen),
      command_({"/usr/bin/setpriv", "--pdeathsig", "KILL", S2_GATEWAY, "--upstream", upstream,
                "--listen", listen}) {
  command_.insert(command_.end(), flags.begin(), flags.end());
  Start();
}

Sidecar::~Sidecar() { close(out_); }

void Sidecar::Start() {
  int out[2];
  ASSERT_EQ(pipe2(out, O_CLOEXEC), 0);
  program_.emplace(command_, testing::Program::Stdio{-1, out[1], -1});
  close(out[1]);
  out_ = out[0];
  char first;
  EXPECT_EQ(read(out_, &first, 1), 1) << "it does not say where it listens";
}

void Sidecar::Stop() {
  program_->Signal(SIGTERM);
  const testing::Ended ended = program_->Wait();
  program_.reset();
  close(std::exchange(out_, -1));
  EXPECT_EQ(ended.exit_code, 0) << ended.signal << ended.err;
}

}  // namespace s2::lite
