// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_ENDPOINT_HOST_H_
#define S2_ENDPOINT_HOST_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// The hosts that endpoint strings name. All functions are pure and thread safe; errors are
// INVALID_ARGUMENT, and say what was expected and what was found instead.
namespace s2::endpoint {

// HOST[:PORT], taken apart.
struct HostPort {
  std::string host;  // a name or an address; an IPv6 address stands without its brackets
  std::optional<uint16_t> port;
};

// A user name in front of the host is refused, and, since it may be a secret, not shown.
absl::StatusOr<HostPort> ParseHostPort(absl::string_view text);

// Is it one or more of A-Z a-z 0-9 - . _, as a host's name and an emulator's are?
bool IsName(absl::string_view text);

// Is it an IPv4 or IPv6 address, without brackets?
bool IsAddress(const std::string& host);

// Is the host certainly this machine? So is "localhost", every 127.x.x.x, and ::1; a name that only
// a look-up could tell is not.
bool IsLoopback(const std::string& host);

// The error: expected `what`, found `found`.
absl::Status Expected(absl::string_view what, absl::string_view found);

}  // namespace s2::endpoint

#endif  // S2_ENDPOINT_HOST_H_
