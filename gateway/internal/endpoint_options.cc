// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/endpoint_options.h"

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "s2/gateway/internal/host_port.h"
#include "s2/record/percent.h"

namespace s2::gateway {

absl::StatusOr<std::string> DecodeValue(absl::string_view text) {
  absl::string_view bad;
  std::optional<std::string> decoded = PercentDecode(text, &bad);
  if (!decoded) return Expected("two hexadecimal digits behind each %", bad);
  if (absl::StrContains(*decoded, '\0')) return Expected("a file name without NUL", text);
  return *std::move(decoded);
}

absl::Status ParseOptions(absl::string_view text, absl::string_view known,
                          std::map<absl::string_view, std::string*> unset) {
  for (const absl::string_view option : absl::StrSplit(text, '&')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(option, absl::MaxSplits('=', 1));
    const auto it = unset.find(parts.first);
    if (it == unset.end() || parts.second.empty()) {
      return Expected(absl::StrCat("options ", known, ", each once"), option);
    }
    absl::StatusOr<std::string> value = DecodeValue(parts.second);
    if (!value.ok()) return value.status();
    *it->second = *std::move(value);
    unset.erase(it);
  }
  return absl::OkStatus();
}

}  // namespace s2::gateway
