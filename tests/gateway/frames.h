// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_GATEWAY_FRAMES_H_
#define S2_TESTS_GATEWAY_FRAMES_H_

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "s2/tests/gateway/fake_http.h"

// S2S as a server speaks it, by hand.
namespace s2::gateway {

// Plays a server that accepts the session.
inline void AcceptSession(FakeHttpStream& stream) {
  stream.Respond(200, {{"content-type", "s2s/proto"}});
}

inline constexpr uint8_t kReconnectFlag = 0x10;
inline constexpr uint8_t kTerminalFlag = 0x80;

inline std::string MakeFrameBytes(absl::string_view body, uint8_t flags = 0) {
  const size_t length = body.size() + 1;
  const char head[] = {static_cast<char>(length >> 16), static_cast<char>(length >> 8),
                       static_cast<char>(length), static_cast<char>(flags)};
  return absl::StrCat(absl::string_view(head, sizeof(head)), body);
}

inline std::string TerminalFrame(int status, absl::string_view json) {
  const char code[] = {static_cast<char>(status >> 8), static_cast<char>(status)};
  return MakeFrameBytes(absl::StrCat(absl::string_view(code, sizeof(code)), json), kTerminalFlag);
}

}  // namespace s2::gateway

#endif  // S2_TESTS_GATEWAY_FRAMES_H_
