// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/program/log.h"

#include <poll.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace s2::program {
namespace {

// Of one value. With it a line is one that a pipe takes as a whole, or not at all.
constexpr size_t kMaxValue = 600;

// So that a write of a line does not wait.
bool HasRoom(int fd) {
  pollfd poll_fd = {fd, POLLOUT, 0};
  return poll(&poll_fd, 1, 0) == 1 && (poll_fd.revents & POLLOUT) != 0;
}

}  // namespace

void Log::Write(LogLevel level, absl::string_view event, const Fields& fields) {
  if (level < level_) return;
  nlohmann::ordered_json json;
  json["time"] = absl::FormatTime(absl::RFC3339_full, absl::Now(), absl::UTCTimeZone());
  json["level"] = level == LogLevel::kInfo ? "info" : "error";
  json["event"] = event;
  for (const auto& [name, value] : fields) json[std::string(name)] = value.substr(0, kMaxValue);

  absl::MutexLock lock(&mu_);
  if (!HasRoom(fd_)) {
    ++dropped_;
    return;
  }
  if (dropped_ > 0) json["dropped_before"] = dropped_;
  dropped_ = 0;
  const std::string line =
      json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  if (write(fd_, line.data(), line.size()) < 0) ++dropped_;
}

}  // namespace s2::program
