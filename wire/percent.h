// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_WIRE_PERCENT_H_
#define S2_WIRE_PERCENT_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

// Names as they stand in paths and metadata. Pure and thread safe.
namespace s2 {

// Every byte but A-Z a-z 0-9 - . _ ~ as %XX.
std::string PercentEncode(absl::string_view text);

// The text that was encoded; nothing where a % is not followed by two hexadecimal digits.
std::optional<std::string> PercentDecode(absl::string_view text);

}  // namespace s2

#endif  // S2_WIRE_PERCENT_H_
