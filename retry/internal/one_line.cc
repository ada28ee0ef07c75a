// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/internal/one_line.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_format.h"

namespace s2::internal {
namespace {

bool IsControl(unsigned char byte) { return byte < 0x20 || byte == 0x7f; }

// How many bytes at the beginning of `text` are a control character; 0: it begins with another one.
size_t ControlSize(absl::string_view text) {
  const auto byte = [text](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  if (IsControl(byte(0))) return 1;
  if (byte(0) == 0xc2 && byte(1) >= 0x80 && byte(1) <= 0x9f) return 2;  // U+0080 to U+009F
  if (byte(0) != 0xe2) return 0;
  const int last = byte(2);
  const bool separates_or_turns = byte(1) == 0x80 && last >= 0xa8 && last <= 0xae;  // U+2028...
  const bool isolates = byte(1) == 0x81 && last >= 0xa6 && last <= 0xa9;  // U+2066 to U+2069
  return separates_or_turns || isolates ? 3 : 0;
}

void AppendEscaped(char byte, std::string& line) {
  switch (byte) {
    case '\n':
      line += "\\n";
      break;
    case '\r':
      line += "\\r";
      break;
    case '\t':
      line += "\\t";
      break;
    default:
      absl::StrAppendFormat(&line, "\\x%02x", static_cast<unsigned char>(byte));
  }
}

}  // namespace

std::string OneLine(absl::string_view text) {
  std::string line;
  line.reserve(text.size());
  while (!text.empty()) {
    size_t size = ControlSize(text);
    if (size == 0) line += text.front();
    for (size_t i = 0; i < size; ++i) AppendEscaped(text[i], line);
    text.remove_prefix(std::max<size_t>(size, 1));
  }
  return line;
}

}  // namespace s2::internal
