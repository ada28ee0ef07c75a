// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_PROGRAM_LOG_H_
#define S2_PROGRAM_LOG_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace s2::program {

// What is logged: this and what is worse.
enum class LogLevel { kInfo, kError, kNone };

// One JSON object a line, on a file descriptor, with time, level and event first. Never waits: a
// line for which there is no room is dropped, and the next one tells how many were. Thread safe.
class Log {
 public:
  using Fields = std::vector<std::pair<absl::string_view, absl::string_view>>;

  Log(int fd, LogLevel level) : fd_(fd), level_(level) {}

  void Info(absl::string_view event, const Fields& fields = {}) {
    Write(LogLevel::kInfo, event, fields);
  }
  void Error(absl::string_view event, const Fields& fields = {}) {
    Write(LogLevel::kError, event, fields);
  }

 private:
  void Write(LogLevel level, absl::string_view event, const Fields& fields)
      ABSL_LOCKS_EXCLUDED(mu_);

  const int fd_;
  const LogLevel level_;

  absl::Mutex mu_;
  uint64_t dropped_ ABSL_GUARDED_BY(mu_) = 0;  // lines, since the last one that was written
};

}  // namespace s2::program

#endif  // S2_PROGRAM_LOG_H_
