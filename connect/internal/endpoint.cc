// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/connect/internal/endpoint.h"

#include <arpa/inet.h>
#include <sys/un.h>

#include <algorithm>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "s2/retry/error.h"

namespace s2::internal {
namespace {

constexpr uint16_t kPlainPort = 50051;
constexpr uint16_t kTlsPort = 443;

std::string Quote(absl::string_view text) {
  return absl::StrCat("\"", absl::CHexEscape(text), "\"");
}

absl::Status Expected(absl::string_view what, absl::string_view found) {
  return MakeError(ErrorCode::kInvalid, absl::StrCat("expected ", what, ", found ",
                                                     found.empty() ? "nothing" : Quote(found)));
}

bool IsNameCharacter(char c) { return absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_'; }

bool IsName(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsNameCharacter);
}

bool IsIpv4(const std::string& text) {
  in_addr address;
  return inet_pton(AF_INET, text.c_str(), &address) == 1;
}

bool IsIpv6(const std::string& text) {
  in6_addr address;
  return inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

absl::StatusOr<std::string> PercentDecode(absl::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    const absl::string_view digits = text.substr(i + 1, 2);
    if (digits.size() != 2 || !absl::ascii_isxdigit(digits[0]) ||
        !absl::ascii_isxdigit(digits[1])) {
      return Expected("two hexadecimal digits behind each %", text.substr(i, 3));
    }
    decoded += absl::HexStringToBytes(digits);
    i += 2;
  }
  if (absl::StrContains(decoded, '\0')) return Expected("a file name without NUL", text);
  return decoded;
}

absl::StatusOr<Endpoint> ParseEmulator(absl::string_view rest) {
  Endpoint endpoint;
  endpoint.kind = Endpoint::Kind::kEmulator;
  if (rest.empty()) return endpoint;
  absl::string_view name = rest;
  if (!absl::ConsumePrefix(&name, "//") || !IsName(name)) {
    return Expected("\"emulator:\", or \"emulator://NAME\" with a NAME of A-Z a-z 0-9 - . _",
                    absl::StrCat("emulator:", rest));
  }
  endpoint.name = std::string(name);
  return endpoint;
}

absl::StatusOr<Endpoint> ParseUnix(absl::string_view rest) {
  Endpoint endpoint;
  endpoint.kind = Endpoint::Kind::kUnix;
  absl::string_view path = rest;
  if (absl::ConsumePrefix(&path, "//") && !absl::StartsWith(path, "/")) {
    return Expected("\"unix:PATH\" or \"unix:///PATH\"", absl::StrCat("unix:", rest));
  }
  const size_t special = path.find_first_of("?#");
  if (special != absl::string_view::npos) {
    return Expected("no options behind the path of a unix socket (in the path, ? is %3F and # %23)",
                    path.substr(special));
  }
  absl::StatusOr<std::string> decoded = PercentDecode(path);
  if (!decoded.ok()) return decoded.status();
  constexpr size_t kMostBytes = sizeof(sockaddr_un::sun_path) - 1;
  if (decoded->empty() || decoded->size() > kMostBytes) {
    return Expected(absl::StrCat("a path of 1 to ", kMostBytes, " bytes behind \"unix:\""),
                    *decoded);
  }
  endpoint.path = *std::move(decoded);
  return endpoint;
}

absl::Status ParsePort(absl::string_view text, uint16_t* port) {
  uint32_t number;
  if (text.size() > 5 || !std::all_of(text.begin(), text.end(), absl::ascii_isdigit) ||
      !absl::SimpleAtoi(text, &number) || number < 1 || number > 65535) {
    return Expected("a port of 1 to 65535", text);
  }
  *port = static_cast<uint16_t>(number);
  return absl::OkStatus();
}

// HOST[:PORT]; `port` stays as it is when there is none.
absl::Status ParseAuthority(absl::string_view text, std::string* host, uint16_t* port) {
  if (absl::StrContains(text, '@')) {
    return MakeError(ErrorCode::kInvalid,
                     "expected no user name in front of the host; a token goes in "
                     "ClientOptions or S2_ACCESS_TOKEN");
  }
  if (absl::StrContains(text, '{')) {
    return Expected(
        "one host for all basins (placeholders such as {basin} are for http and https only)", text);
  }
  absl::string_view rest = text;
  if (absl::ConsumePrefix(&rest, "[")) {
    const size_t end = rest.find(']');
    *host = std::string(rest.substr(0, end));
    if (end == absl::string_view::npos || !IsIpv6(*host)) {
      return Expected("an IPv6 address in brackets", text);
    }
    rest.remove_prefix(end + 1);
  } else {
    const size_t end = std::min(rest.find(':'), rest.size());
    *host = std::string(rest.substr(0, end));
    if (!IsName(*host)) {
      return Expected("a host: a name, an IPv4 address, or an IPv6 address in brackets", text);
    }
    const bool numeric = host->find_first_not_of("0123456789.") == std::string::npos;
    if (numeric && !IsIpv4(*host)) return Expected("an IPv4 address", *host);
    rest.remove_prefix(end);
  }
  if (rest.empty()) return absl::OkStatus();
  if (!absl::ConsumePrefix(&rest, ":")) return Expected("\":PORT\" behind the host", rest);
  return ParsePort(rest, port);
}

absl::Status ParseOptions(absl::string_view text, Endpoint* endpoint) {
  std::map<absl::string_view, std::string*> unset = {{"roots", &endpoint->roots_file},
                                                     {"cert", &endpoint->certificate_file},
                                                     {"key", &endpoint->key_file},
                                                     {"name", &endpoint->certificate_name}};
  for (const absl::string_view option : absl::StrSplit(text, '&')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(option, absl::MaxSplits('=', 1));
    const auto it = unset.find(parts.first);
    if (it == unset.end() || parts.second.empty()) {
      return Expected("options roots=FILE, cert=FILE, key=FILE, name=HOST, each once", option);
    }
    absl::StatusOr<std::string> value = PercentDecode(parts.second);
    if (!value.ok()) return value.status();
    *it->second = *std::move(value);
    unset.erase(it);
  }
  if (endpoint->certificate_file.empty() != endpoint->key_file.empty()) {
    return Expected("cert=FILE and key=FILE together", text);
  }
  if (!endpoint->certificate_name.empty() && !IsName(endpoint->certificate_name)) {
    return Expected("a host name as the option name", endpoint->certificate_name);
  }
  return absl::OkStatus();
}

absl::StatusOr<Endpoint> ParseTcp(absl::string_view scheme, absl::string_view rest) {
  Endpoint endpoint;
  endpoint.kind = Endpoint::Kind::kTcp;
  endpoint.tls = scheme == "grpcs";
  endpoint.port = endpoint.tls ? kTlsPort : kPlainPort;
  if (!absl::ConsumePrefix(&rest, "//")) {
    return Expected(absl::StrCat("\"", scheme, "://HOST[:PORT]\""),
                    absl::StrCat(scheme, ":", rest));
  }
  const size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  if (absl::Status s = ParseAuthority(rest.substr(0, end), &endpoint.host, &endpoint.port);
      !s.ok()) {
    return s;
  }
  rest.remove_prefix(end);
  if (rest.empty()) return endpoint;
  if (!endpoint.tls) return Expected("nothing behind grpc://HOST[:PORT]", rest);
  if (!absl::ConsumePrefix(&rest, "?")) {
    return Expected("nothing or \"?OPTION\" behind grpcs://HOST[:PORT]", rest);
  }
  if (absl::Status s = ParseOptions(rest, &endpoint); !s.ok()) return s;
  return endpoint;
}

}  // namespace

absl::StatusOr<Endpoint> ParseEndpoint(absl::string_view text) {
  const size_t colon = std::min(text.find(':'), text.size());
  const std::string scheme = absl::AsciiStrToLower(text.substr(0, colon));
  if (colon < text.size()) {
    const absl::string_view rest = text.substr(colon + 1);
    if (scheme == "emulator") return ParseEmulator(rest);
    if (scheme == "unix") return ParseUnix(rest);
    if (scheme == "grpc" || scheme == "grpcs") return ParseTcp(scheme, rest);
    if (scheme == "http" || scheme == "https") {
      Endpoint endpoint;
      endpoint.kind = Endpoint::Kind::kHttp;
      return endpoint;
    }
  }
  return Expected(
      "\"emulator:\", \"grpc://\", \"grpcs://\", \"unix:\", \"http://\" or \"https://\"", text);
}

bool IsLocal(const Endpoint& endpoint) {
  switch (endpoint.kind) {
    case Endpoint::Kind::kEmulator:
    case Endpoint::Kind::kUnix:
      return true;
    case Endpoint::Kind::kTcp: {
      in6_addr v6;
      if (inet_pton(AF_INET6, endpoint.host.c_str(), &v6) == 1) {
        return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
      }
      if (IsIpv4(endpoint.host)) return absl::StartsWith(endpoint.host, "127.");
      return absl::EqualsIgnoreCase(endpoint.host, "localhost");
    }
    case Endpoint::Kind::kHttp:
      return false;
  }
  return false;
}

std::string GrpcTarget(const Endpoint& endpoint) {
  if (endpoint.kind == Endpoint::Kind::kUnix) {
    std::string target = "unix:";
    for (const char c : endpoint.path) {
      if (IsNameCharacter(c) || c == '/') {
        target.push_back(c);
      } else {
        absl::StrAppendFormat(&target, "%%%02X", static_cast<unsigned char>(c));
      }
    }
    return target;
  }
  if (IsIpv6(endpoint.host)) return absl::StrCat("ipv6:[", endpoint.host, "]:", endpoint.port);
  if (IsIpv4(endpoint.host)) return absl::StrCat("ipv4:", endpoint.host, ":", endpoint.port);
  return absl::StrCat("dns:///", endpoint.host, ":", endpoint.port);
}

}  // namespace s2::internal
