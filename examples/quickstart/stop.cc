// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/examples/quickstart/stop.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace quickstart {
namespace {

std::atomic<int> interrupt_fd = -1;

void OnInterrupt(int) {
  const int saved = errno;
  eventfd_write(interrupt_fd, 1);
  errno = saved;
}

}  // namespace

Stop::Stop() : fd_(eventfd(0, EFD_CLOEXEC)) {}

Stop::~Stop() {
  if (interrupt_fd == fd_) signal(SIGINT, SIG_DFL);
  close(fd_);
}

void Stop::CatchInterrupt() {
  interrupt_fd = fd_;
  struct sigaction action = {};
  action.sa_handler = OnInterrupt;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigaction(SIGINT, &action, nullptr);
}

void Stop::Set() { eventfd_write(fd_, 1); }

}  // namespace quickstart
