// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CONNECT_INTERNAL_ENDPOINT_H_
#define S2_CONNECT_INTERNAL_ENDPOINT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "s2/gateway/gateway.h"

namespace s2::internal {

// An endpoint string, taken apart; connect.h has the grammar.
struct Endpoint {
  enum class Kind { kEmulator, kTcp, kUnix, kHttp };

  Kind kind = Kind::kEmulator;
  // kEmulator: who shares it. Empty: nobody.
  std::string name;
  // kTcp. An IPv6 address stands without its brackets.
  std::string host;
  uint16_t port = 0;
  bool tls = false;
  std::string roots_file;
  std::string certificate_file;
  std::string key_file;
  std::string certificate_name;
  // kUnix.
  std::string path;
  // kHttp, with roots_file: as GatewayOptions has them.
  std::string url;
  std::string basin_url;
  GatewayCompression compression = GatewayCompression::kNone;
};

// The endpoint, or an error of code kInvalid that says what was expected.
absl::StatusOr<Endpoint> ParseEndpoint(absl::string_view text);

// Does it certainly not leave this machine?
bool IsLocal(const Endpoint& endpoint);

// A host beyond this machine that would see an access token in the clear; empty: there is none.
std::string ClearHost(const Endpoint& endpoint);

// What gRPC calls it. For kTcp and kUnix.
std::string GrpcTarget(const Endpoint& endpoint);

}  // namespace s2::internal

#endif  // S2_CONNECT_INTERNAL_ENDPOINT_H_
