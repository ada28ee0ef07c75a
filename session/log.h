// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_LOG_H_
#define S2_SESSION_LOG_H_

#include <functional>

#include "absl/strings/string_view.h"

namespace s2 {

// Takes one line of log, without line end: what a session or a call does, and why; never a token,
// never a record. Called on the executor. Default everywhere: none, and nothing is formatted.
using LogSink = std::function<void(absl::string_view line)>;

}  // namespace s2

#endif  // S2_SESSION_LOG_H_
