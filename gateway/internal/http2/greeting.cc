// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/greeting.h"

#include <cstddef>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace s2::http2 {
namespace {

constexpr size_t kFrameHeaderSize = 9;
constexpr size_t kFrameTypeAt = 3;
constexpr char kSettingsFrame = 4;
constexpr size_t kMaxQuotedLine = 80;

}  // namespace

Greeting JudgeGreeting(absl::string_view bytes) {
  if (absl::StartsWith(bytes, "HTTP/") || absl::StartsWith(bytes, "<")) return Greeting::kOther;
  if (bytes.size() < kFrameHeaderSize) return Greeting::kTooShort;
  return bytes[kFrameTypeAt] == kSettingsFrame ? Greeting::kHttp2 : Greeting::kOther;
}

std::string DescribeGreeting(absl::string_view bytes) {
  if (bytes.empty()) return "it said nothing";
  // A TLS record: an alert or a part of a handshake.
  if (bytes.size() > 1 && (bytes[0] == 0x15 || bytes[0] == 0x16) && bytes[1] == 3) {
    return "it answered in TLS; is it an https:// endpoint?";
  }
  const absl::string_view line = bytes.substr(0, bytes.find_first_of("\r\n"));
  return absl::StrCat("it answered \"", absl::CHexEscape(line.substr(0, kMaxQuotedLine)), "\"");
}

}  // namespace s2::http2
