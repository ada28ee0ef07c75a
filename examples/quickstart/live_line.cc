// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/examples/quickstart/live_line.h"

#include <unistd.h>

#include <iostream>
#include <utility>

namespace quickstart {
namespace {

constexpr char kErase[] = "\r\033[K";

}  // namespace

LiveLine::LiveLine(std::function<std::string()> text) : text_(std::move(text)) {
  if (isatty(STDERR_FILENO) != 0) thread_ = std::thread([this] { Draw(); });
}

LiveLine::~LiveLine() {
  done_.Notify();
  if (thread_.joinable()) thread_.join();
}

void LiveLine::Draw() {
  do {
    std::cerr << kErase << text_() << std::flush;
  } while (!done_.WaitForNotificationWithTimeout(absl::Milliseconds(100)));
  std::cerr << kErase << std::flush;
}

}  // namespace quickstart
