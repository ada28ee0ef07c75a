// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/origin.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace s2::gateway {
namespace {

std::string Host(const HttpOrigin& origin) {
  return absl::StrContains(origin.host, ':') ? absl::StrCat("[", origin.host, "]") : origin.host;
}

}  // namespace

std::string Authority(const HttpOrigin& origin) {
  if (origin.port == (origin.tls ? 443 : 80)) return Host(origin);
  return absl::StrCat(Host(origin), ":", origin.port);
}

std::string ToString(const HttpOrigin& origin) {
  return absl::StrCat(origin.tls ? "https://" : "http://", Host(origin), ":", origin.port);
}

}  // namespace s2::gateway
