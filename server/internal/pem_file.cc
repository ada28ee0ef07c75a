// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/server/internal/pem_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"

namespace s2::server {

absl::StatusOr<std::string> ReadPem(absl::string_view option, const std::string& file) {
  if (file.empty()) return std::string();
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();  // of a directory nothing; an iterator would throw
  const std::string pem = text.str();
  if (!in.is_open()) {
    return MakeError(ErrorCode::kInvalid,
                     absl::StrCat("cannot read ", option, "=", file, ": ", std::strerror(errno)));
  }
  if (absl::StrContains(pem, "-----BEGIN ")) return pem;
  return MakeError(ErrorCode::kInvalid, absl::StrCat(option, "=", file, " holds no PEM"));
}

}  // namespace s2::server
