// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/server/internal/pem_file.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"
#include "s2/server/internal/read_file.h"

namespace s2::server {

absl::StatusOr<std::string> ReadPem(absl::string_view option, const std::string& file) {
  if (file.empty()) return std::string();
  absl::StatusOr<std::string> pem = ReadFile(file);
  if (!pem.ok()) {
    return MakeError(ErrorCode::kInvalid,
                     absl::StrCat("cannot read ", option, "=", file, ": ", pem.status().message()));
  }
  if (absl::StrContains(*pem, "-----BEGIN ")) return pem;
  return MakeError(ErrorCode::kInvalid, absl::StrCat(option, "=", file, " holds no PEM"));
}

}  // namespace s2::server
