// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_GREETING_H_
#define S2_GATEWAY_INTERNAL_HTTP2_GREETING_H_

#include <string>

#include "absl/strings/string_view.h"

namespace s2::http2 {

// What the first bytes that a server sent are: HTTP/2, which begins with a SETTINGS frame,
// something else, or too few to tell.
enum class Greeting { kTooShort, kHttp2, kOther };

Greeting JudgeGreeting(absl::string_view bytes);

// What a server that did not begin with HTTP/2 said instead, for an error: "it answered ...".
std::string DescribeGreeting(absl::string_view bytes);

}  // namespace s2::http2

#endif  // S2_GATEWAY_INTERNAL_HTTP2_GREETING_H_
