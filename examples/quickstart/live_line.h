// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EXAMPLES_QUICKSTART_LIVE_LINE_H_
#define S2_EXAMPLES_QUICKSTART_LIVE_LINE_H_

#include <functional>
#include <string>
#include <thread>

#include "absl/synchronization/notification.h"

namespace quickstart {

// Shows a text on stderr, if that is a terminal, and keeps it fresh until destroyed.
class LiveLine {
 public:
  // `text` is called on a thread of its own.
  explicit LiveLine(std::function<std::string()> text);
  // Erases the line.
  ~LiveLine();
  LiveLine(const LiveLine&) = delete;
  LiveLine& operator=(const LiveLine&) = delete;

 private:
  void Draw();

  const std::function<std::string()> text_;
  absl::Notification done_;
  std::thread thread_;
};

}  // namespace quickstart

#endif  // S2_EXAMPLES_QUICKSTART_LIVE_LINE_H_
