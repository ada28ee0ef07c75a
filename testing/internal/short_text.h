// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTING_INTERNAL_SHORT_TEXT_H_
#define S2_TESTING_INTERNAL_SHORT_TEXT_H_

#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>

#include <string>

#include "absl/strings/strip.h"

namespace s2::testing {

// A message in one line of Protobuf's text format, which can be parsed. Protobuf's ShortDebugString
// begins with a mark of its own since version 30, so that nobody parses or compares it.
inline std::string ShortText(const google::protobuf::Message& message) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  std::string text;
  if (!printer.PrintToString(message, &text)) return "what cannot be printed";
  return std::string(absl::StripSuffix(text, " "));
}

}  // namespace s2::testing

#endif  // S2_TESTING_INTERNAL_SHORT_TEXT_H_
