// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_MISUSE_H_
#define S2_SESSION_INTERNAL_MISUSE_H_

namespace s2::internal {

// Ends the process, because the program has broken a rule of this library's interface: "s2:
// `what`" on stderr, then abort. For what no status can report, such as a verb of an object that
// was moved from.
[[noreturn]] void Misuse(const char* what);

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_MISUSE_H_
