// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_GREETING_H_
#define S2_GATEWAY_INTERNAL_HTTP2_GREETING_H_

#include <string>

#include "absl/strings/string_view.h"

namespace s2::http2 {

// What a server sent first. HTTP/2 begins with a SETTINGS frame.
enum class Greeting { kTooShort, kHttp2, kOther };

Greeting JudgeGreeting(absl::string_view bytes);

// What a server speaks that did not begin like that, for an error: "it answered ...".
std::string DescribeGreeting(absl::string_view bytes);

}  // namespace s2::http2

#endif  // S2_GATEWAY_INTERNAL_HTTP2_GREETING_H_
