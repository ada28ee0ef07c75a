// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_ENDPOINT_OPTIONS_H_
#define S2_GATEWAY_INTERNAL_ENDPOINT_OPTIONS_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// What endpoint strings have in common. Errors, of code kInvalid, say what was expected.
namespace s2::gateway {

// A file name, percent-decoded.
absl::StatusOr<std::string> DecodeValue(absl::string_view text);

// Takes NAME=VALUE&...; `unset` has the known names, `known` shows them to a person.
absl::Status ParseOptions(absl::string_view text, absl::string_view known,
                          std::map<absl::string_view, std::string*> unset);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_ENDPOINT_OPTIONS_H_
