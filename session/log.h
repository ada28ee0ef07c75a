// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_LOG_H_
#define S2_SESSION_LOG_H_

#include <functional>

#include "absl/strings/string_view.h"

namespace s2 {

// Takes one line of log, without line end: what a session or a call does, and why; never a token,
// never a record. Default everywhere: none, and nothing is formatted.
//
// It is called from several threads at once, so it must be thread safe. The lines of one session
// come on the executor, one at a time, in order, between the session's callbacks; those of a unary
// call come in the caller's thread, before the call returns. A session's lines may still come after
// Close has returned and after its handle is destroyed, but not behind its last callback (see
// AppendSession and ReadSession). The sink itself is destroyed when the client and its sessions are
// gone and their last line was taken: what it captures by value it can rely on. It must not throw.
using LogSink = std::function<void(absl::string_view line)>;

}  // namespace s2

#endif  // S2_SESSION_LOG_H_
