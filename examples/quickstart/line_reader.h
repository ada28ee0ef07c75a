// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EXAMPLES_QUICKSTART_LINE_READER_H_
#define S2_EXAMPLES_QUICKSTART_LINE_READER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace quickstart {

// Where lines come from.
struct Input {
  int fd = -1;
  std::string name;
};

// FILE of the command line, or what stands in for it (see --help).
absl::StatusOr<Input> OpenInput(const std::string& file);

// The lines of an input, any bytes, without their newlines; the last needs none. Holds one line and
// a bit. Not thread safe.
class LineReader {
 public:
  // Closes the input in the end. Ends early once `stop_fd` is readable. A line of more than
  // `max_line_bytes` is an error.
  LineReader(Input input, int stop_fd, size_t max_line_bytes);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  // The next line, valid until the next call; nothing at the end. Waits for it if it must.
  absl::StatusOr<std::optional<absl::string_view>> Peek();

  // Leaves the line behind that Peek returned.
  void Pop();

  // Is there a line, or the end, without waiting?
  bool Ready();

  const std::string& name() const { return input_.name; }

 private:
  enum class State { kReading, kEnded, kStopped, kFailed };

  // Must more be read before it is known what Peek returns?
  bool NeedsMore();
  // Reads more, or finds that there is no more. False: nothing came within so many milliseconds
  // (-1: waits as long as it takes).
  bool Fill(int timeout);
  void Fail(absl::string_view verb, int error);

  const Input input_;
  const int stop_fd_;
  const size_t max_line_bytes_;
  State state_ = State::kReading;
  absl::Status error_;
  std::string buffer_;
  size_t begin_ = 0;    // of the line
  size_t end_ = 0;      // of the line: its newline, or how far there is none
  uint64_t lines_ = 0;  // popped
};

}  // namespace quickstart

#endif  // S2_EXAMPLES_QUICKSTART_LINE_READER_H_
