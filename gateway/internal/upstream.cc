// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/upstream.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "s2/gateway/internal/calls/target.h"
#include "s2/gateway/internal/endpoint_options.h"
#include "s2/gateway/internal/host_port.h"
#include "s2/retry/error.h"

namespace s2::gateway {
namespace {

absl::StatusOr<GatewayCompression> ParseCompression(absl::string_view text) {
  if (text.empty() || text == "none") return GatewayCompression::kNone;
  if (text == "gzip") return GatewayCompression::kGzip;
  if (text == "zstd") return GatewayCompression::kZstd;
  return Expected("none, gzip or zstd as the option compression", text);
}

}  // namespace

absl::StatusOr<GatewayOptions> ParseUpstream(absl::string_view text) {
  GatewayOptions options;
  const size_t end = std::min(text.find('?'), text.size());
  options.account_endpoint = std::string(text.substr(0, end));
  const absl::StatusOr<Endpoint> account = ParseEndpoint(options.account_endpoint);
  if (!account.ok()) return account.status();
  if (end == text.size()) return options;

  std::string basin;
  std::string compression;
  if (absl::Status s = ParseOptions(
          text.substr(end + 1), "basin=HOST, compression=CODING, roots=FILE",
          {{"basin", &basin}, {"compression", &compression}, {"roots", &options.roots_file}});
      !s.ok()) {
    return s;
  }
  const absl::StatusOr<GatewayCompression> known = ParseCompression(compression);
  if (!known.ok()) return known.status();
  options.compression = *known;
  if (basin.empty()) return options;
  options.basin_endpoint = absl::StrCat(account->origin.tls ? "https://" : "http://", basin);
  if (absl::Status s = ParseEndpoint(options.basin_endpoint).status(); !s.ok()) {
    return WithContext(s, "the option basin");
  }
  return options;
}

}  // namespace s2::gateway
