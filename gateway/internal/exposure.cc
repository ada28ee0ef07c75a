// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/exposure.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "s2/endpoint/host.h"
#include "s2/retry/error.h"

namespace s2::gateway {

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
