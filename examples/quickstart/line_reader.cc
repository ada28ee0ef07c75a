// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/examples/quickstart/line_reader.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"

namespace quickstart {
namespace {

constexpr size_t kReadBytes = 256 * 1024;

bool IsPipeOrFile(int fd) {
  struct stat status;
  if (fstat(fd, &status) != 0) return false;
  return S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) || S_ISREG(status.st_mode);
}

}  // namespace

absl::StatusOr<Input> OpenInput(const std::string& file) {
  if (file == "-" || (file.empty() && IsPipeOrFile(STDIN_FILENO))) {
    return Input{STDIN_FILENO, "standard input"};
  }
  const std::string name = file.empty() ? QUICKSTART_TEXT : file;
  const int fd = open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", name));
  }
  return Input{fd, name};
}

LineReader::LineReader(Input input, int stop_fd, size_t max_line_bytes)
    : input_(std::move(input)), stop_fd_(stop_fd), max_line_bytes_(max_line_bytes) {}

LineReader::~LineReader() { close(input_.fd); }

absl::StatusOr<std::optional<absl::string_view>> LineReader::Peek() {
  while (NeedsMore()) Fill(-1);
  if (end_ - begin_ > max_line_bytes_) {
    return absl::InvalidArgumentError(absl::StrCat("line ", lines_ + 1, " of ", input_.name,
                                                   " has more than ", max_line_bytes_,
                                                   " bytes, the most that a record can hold"));
  }
  if (end_ == buffer_.size()) {
    // Without a newline: a line at the end, half a line elsewhere.
    if (state_ == State::kFailed) return error_;
    if (state_ == State::kStopped || begin_ == end_) return std::nullopt;
  }
  return absl::string_view(buffer_).substr(begin_, end_ - begin_);
}

void LineReader::Pop() {
  begin_ = end_ = std::min(end_ + 1, buffer_.size());
  ++lines_;
}

bool LineReader::Ready() {
  while (NeedsMore()) {
    if (!Fill(0)) return false;
  }
  return true;
}

bool LineReader::NeedsMore() {
  end_ = std::min(buffer_.find('\n', end_), buffer_.size());
  const bool has_newline = end_ < buffer_.size();
  return state_ == State::kReading && !has_newline && end_ - begin_ <= max_line_bytes_;
}

bool LineReader::Fill(int timeout) {
  pollfd fds[] = {{stop_fd_, POLLIN, 0}, {input_.fd, POLLIN, 0}};
  const int found = poll(fds, 2, timeout);
  if (found < 0 && errno != EINTR) Fail("wait for", errno);
  if (found <= 0) return found < 0;
  if (fds[0].revents != 0) {
    state_ = State::kStopped;
    return true;
  }
  buffer_.erase(0, begin_);
  end_ -= begin_;
  begin_ = 0;
  buffer_.resize(end_ + kReadBytes);
  const ssize_t n = read(input_.fd, &buffer_[end_], kReadBytes);
  const int error = errno;
  buffer_.resize(end_ + std::max<ssize_t>(n, 0));
  if (n == 0) state_ = State::kEnded;
  if (n < 0 && error != EINTR && error != EAGAIN) Fail("read", error);
  return true;
}

void LineReader::Fail(absl::string_view verb, int error) {
  state_ = State::kFailed;
  error_ = absl::ErrnoToStatus(error, absl::StrCat("cannot ", verb, " ", input_.name));
}

}  // namespace quickstart
