// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_RETRY_INTERNAL_ONE_LINE_H_
#define S2_RETRY_INTERNAL_ONE_LINE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace s2::internal {

// `text`, of which some may come from a network, as one line that a terminal and a log take as it
// is: control characters (line ends, escapes, those of Unicode's C1 block, its line and paragraph
// separators, and those that turn the direction of what follows) are written as \n, \r, \t or \xNN,
// byte by byte. All else stays, UTF-8 too.
std::string OneLine(absl::string_view text);

}  // namespace s2::internal

#endif  // S2_RETRY_INTERNAL_ONE_LINE_H_
