// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/token_file.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "s2/endpoint/host.h"
#include "s2/retry/error.h"
#include "s2/server/internal/read_file.h"

namespace s2::gateway {
namespace {

absl::StatusOr<std::string> ReadToken(const std::string& path) {
  const absl::StatusOr<std::string> text = server::ReadFile(path);
  if (!text.ok()) {
    return MakeError(ErrorCode::kInvalid, absl::StrCat("cannot read the token file ", path, ": ",
                                                       text.status().message()));
  }
  const absl::string_view token = absl::StripAsciiWhitespace(*text);
  if (token.empty() || !std::all_of(token.begin(), token.end(), absl::ascii_isgraph)) {
    return MakeError(ErrorCode::kInvalid, absl::StrCat("the token file ", path,
                                                       " must hold one token of printable ASCII "
                                                       "without spaces"));
  }
  return std::string(token);
}

bool SameFile(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
         a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

}  // namespace

absl::StatusOr<std::unique_ptr<TokenFile>> TokenFile::Open(std::string path) {
  // Before it is read: what changes meanwhile is read again.
  struct stat stamp = {};
  stat(path.c_str(), &stamp);
  absl::StatusOr<std::string> token = ReadToken(path);
  if (!token.ok()) return token.status();
  return std::unique_ptr<TokenFile>(new TokenFile(std::move(path), *std::move(token), stamp));
}

std::string TokenFile::Get() {
  absl::MutexLock lock(&mu_);
  struct stat stamp = {};
  if (stat(path_.c_str(), &stamp) != 0 || SameFile(stamp, stamp_)) return token_;
  stamp_ = stamp;
  if (absl::StatusOr<std::string> token = ReadToken(path_); token.ok()) token_ = *std::move(token);
  return token_;
}

void TokenFile::ReadAgain() {
  absl::MutexLock lock(&mu_);
  stamp_ = {};
}

absl::Status ValidateExposure(const std::vector<std::string>& addresses, bool mutual_tls) {
  if (mutual_tls) return absl::OkStatus();
  for (const std::string& address : addresses) {
    if (absl::StartsWith(address, "unix:")) continue;
    const size_t colon = address.rfind(':');
    if (colon != std::string::npos) {
      const absl::StatusOr<endpoint::HostPort> host =
          endpoint::ParseHostPort(address.substr(0, colon));
      if (host.ok() && !host->port && endpoint::IsLoopback(host->host)) continue;
    }
    return MakeError(ErrorCode::kInvalid,
                     absl::StrCat("--listen ", address,
                                  " would lend the token of --token-file to other machines; "
                                  "expected a loopback address, a unix socket, --client-roots, or "
                                  "--token-for any"));
  }
  return absl::OkStatus();
}

}  // namespace s2::gateway
