// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_RECORD_UTF8_H_
#define S2_RECORD_UTF8_H_

#include "absl/strings/string_view.h"

namespace s2 {

// Is it well-formed UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF)?
bool IsUtf8(absl::string_view text);

}  // namespace s2

#endif  // S2_RECORD_UTF8_H_
