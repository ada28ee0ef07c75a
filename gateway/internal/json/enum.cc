// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/json/enum.h"

#include <google/protobuf/descriptor.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace s2::gateway {
namespace {

// What all its names begin with: "TIMESTAMPING_MODE_".
absl::string_view Prefix(const google::protobuf::EnumDescriptor& type) {
  return absl::StripSuffix(type.FindValueByNumber(0)->name(), "UNSPECIFIED");
}

}  // namespace

std::string EnumText(const google::protobuf::EnumDescriptor& type, int number) {
  const google::protobuf::EnumValueDescriptor* value = type.FindValueByNumber(number);
  if (number == 0 || value == nullptr) return "";
  return absl::StrReplaceAll(absl::AsciiStrToLower(absl::StripPrefix(value->name(), Prefix(type))),
                             {{"_", "-"}});
}

int EnumNumber(const google::protobuf::EnumDescriptor& type, absl::string_view text) {
  const std::string name = absl::StrReplaceAll(absl::AsciiStrToUpper(text), {{"-", "_"}});
  const auto* value = type.FindValueByName(absl::StrCat(Prefix(type), name));
  if (value == nullptr || EnumText(type, value->number()) != text) return 0;
  return value->number();
}

}  // namespace s2::gateway
