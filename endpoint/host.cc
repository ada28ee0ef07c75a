// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/endpoint/host.h"

#include <arpa/inet.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace s2::endpoint {
namespace {

bool IsIpv4(const std::string& text) {
  in_addr address;
  return inet_pton(AF_INET, text.c_str(), &address) == 1;
}

bool IsIpv6(const std::string& text) {
  in6_addr address;
  return inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

absl::StatusOr<uint16_t> ParsePort(absl::string_view text) {
  uint32_t number;
  if (text.size() > 5 || !std::all_of(text.begin(), text.end(), absl::ascii_isdigit) ||
      !absl::SimpleAtoi(text, &number) || number < 1 || number > 65535) {
    return Expected("a port of 1 to 65535", text);
  }
  return static_cast<uint16_t>(number);
}

}  // namespace

absl::StatusOr<HostPort> ParseHostPort(absl::string_view text) {
  if (absl::StrContains(text, '@')) {
    // What stands before the @ may be a secret, so the error does not show it.
    return absl::InvalidArgumentError(
        "expected no user name in front of the host; a token goes in ClientOptions or "
        "S2_ACCESS_TOKEN");
  }
  HostPort result;
  absl::string_view rest = text;
  if (absl::ConsumePrefix(&rest, "[")) {
    const size_t end = rest.find(']');
    result.host = std::string(rest.substr(0, end));
    if (end == absl::string_view::npos || !IsIpv6(result.host)) {
      return Expected("an IPv6 address in brackets", text);
    }
    rest.remove_prefix(end + 1);
  } else {
    const size_t end = std::min(rest.find(':'), rest.size());
    result.host = std::string(rest.substr(0, end));
    if (!IsName(result.host)) {
      return Expected("a host: a name, an IPv4 address, or an IPv6 address in brackets", text);
    }
    const bool numeric = result.host.find_first_not_of("0123456789.") == std::string::npos;
    if (numeric && !IsIpv4(result.host)) return Expected("an IPv4 address", result.host);
    rest.remove_prefix(end);
  }
  if (rest.empty()) return result;
  if (!absl::ConsumePrefix(&rest, ":")) return Expected("\":PORT\" behind the host", rest);
  const absl::StatusOr<uint16_t> port = ParsePort(rest);
  if (!port.ok()) return port.status();
  result.port = *port;
  return result;
}

bool IsName(absl::string_view text) {
  const auto may_stand = [](char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_';
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), may_stand);
}

bool IsAddress(const std::string& host) { return IsIpv4(host) || IsIpv6(host); }

bool IsLoopback(const std::string& host) {
  in6_addr v6;
  if (inet_pton(AF_INET6, host.c_str(), &v6) == 1) {
    return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
  }
  if (IsIpv4(host)) return absl::StartsWith(host, "127.");
  return absl::EqualsIgnoreCase(host, "localhost");
}

absl::Status Expected(absl::string_view what, absl::string_view found) {
  const std::string quoted = absl::StrCat("\"", absl::CHexEscape(found), "\"");
  return absl::InvalidArgumentError(
      absl::StrCat("expected ", what, ", found ", found.empty() ? "nothing" : quoted));
}

}  // namespace s2::endpoint
