// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_JSON_ENUM_H_
#define S2_GATEWAY_INTERNAL_JSON_ENUM_H_

#include <google/protobuf/generated_enum_reflection.h>

#include <string>

#include "absl/strings/string_view.h"

// Our enums' names in S2's JSON: TIMESTAMPING_MODE_CLIENT_PREFER is "client-prefer".
namespace s2::gateway {

// Empty for ..._UNSPECIFIED and for a number without a name.
std::string EnumText(const google::protobuf::EnumDescriptor& type, int number);

// The number, or 0 for a name that is not known here.
int EnumNumber(const google::protobuf::EnumDescriptor& type, absl::string_view text);

template <typename Enum>
std::string EnumText(Enum value) {
  return EnumText(*google::protobuf::GetEnumDescriptor<Enum>(), value);
}

template <typename Enum>
Enum EnumFromText(absl::string_view text) {
  return static_cast<Enum>(EnumNumber(*google::protobuf::GetEnumDescriptor<Enum>(), text));
}

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_JSON_ENUM_H_
