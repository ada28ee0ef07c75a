// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HOST_PORT_H_
#define S2_GATEWAY_INTERNAL_HOST_PORT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace s2::gateway {

// HOST[:PORT] of an endpoint string.
struct HostPort {
  std::string host;  // a name or an address; IPv6 without its brackets
  std::optional<uint16_t> port;
};

// Errors, of code kInvalid, say what was expected.
absl::StatusOr<HostPort> ParseHostPort(absl::string_view text);

// Is it an IPv4 or IPv6 address?
bool IsAddress(const std::string& host);

// Is it certainly this machine?
bool IsLoopback(const std::string& host);

// The error: expected `what`, found `found`.
absl::Status Expected(absl::string_view what, absl::string_view found);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_HOST_PORT_H_
