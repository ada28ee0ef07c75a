// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/connect/internal/endpoint.h"

#include <sys/un.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "s2/gateway/internal/calls/target.h"
#include "s2/gateway/internal/endpoint_options.h"
#include "s2/gateway/internal/host_port.h"
#include "s2/gateway/internal/upstream.h"

namespace s2::internal {
namespace {

using gateway::DecodeValue;
using gateway::Expected;
using gateway::ParseOptions;

constexpr uint16_t kPlainPort = 50051;
constexpr uint16_t kTlsPort = 443;

bool IsNameCharacter(char c) { return absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_'; }

bool IsName(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsNameCharacter);
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
  absl::StatusOr<std::string> decoded = DecodeValue(path);
  if (!decoded.ok()) return decoded.status();
  constexpr size_t kMostBytes = sizeof(sockaddr_un::sun_path) - 1;
  if (decoded->empty() || decoded->size() > kMostBytes) {
    return Expected(absl::StrCat("a path of 1 to ", kMostBytes, " bytes behind \"unix:\""),
                    *decoded);
  }
  endpoint.path = *std::move(decoded);
  return endpoint;
}

absl::Status ParseTlsOptions(absl::string_view text, Endpoint* endpoint) {
  if (absl::Status s = ParseOptions(text, "roots=FILE, cert=FILE, key=FILE, name=HOST",
                                    {{"roots", &endpoint->roots_file},
                                     {"cert", &endpoint->certificate_file},
                                     {"key", &endpoint->key_file},
                                     {"name", &endpoint->certificate_name}});
      !s.ok()) {
    return s;
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
  if (!absl::ConsumePrefix(&rest, "//")) {
    return Expected(absl::StrCat("\"", scheme, "://HOST[:PORT]\""),
                    absl::StrCat(scheme, ":", rest));
  }
  const size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  const absl::string_view authority = rest.substr(0, end);
  if (absl::StrContains(authority, '{')) {
    return Expected(
        "one host for all basins (placeholders such as {basin} are for http and https only)",
        authority);
  }
  absl::StatusOr<gateway::HostPort> parsed = gateway::ParseHostPort(authority);
  if (!parsed.ok()) return parsed.status();
  endpoint.host = std::move(parsed->host);
  endpoint.port = parsed->port.value_or(endpoint.tls ? kTlsPort : kPlainPort);
  rest.remove_prefix(end);
  if (rest.empty()) return endpoint;
  if (!endpoint.tls) return Expected("nothing behind grpc://HOST[:PORT]", rest);
  if (!absl::ConsumePrefix(&rest, "?")) {
    return Expected("nothing or \"?OPTION\" behind grpcs://HOST[:PORT]", rest);
  }
  if (absl::Status s = ParseTlsOptions(rest, &endpoint); !s.ok()) return s;
  return endpoint;
}

absl::StatusOr<Endpoint> ParseHttp(absl::string_view text) {
  absl::StatusOr<GatewayOptions> options = gateway::ParseUpstream(text);
  if (!options.ok()) return options.status();
  Endpoint endpoint;
  endpoint.kind = Endpoint::Kind::kHttp;
  endpoint.url = std::move(options->account_endpoint);
  endpoint.basin_url = std::move(options->basin_endpoint);
  endpoint.roots_file = std::move(options->roots_file);
  endpoint.compression = options->compression;
  return endpoint;
}

// A host beyond this machine that sees what is sent there in the clear; empty: there is none.
std::string ClearHost(const gateway::Endpoint& endpoint) {
  if (endpoint.origin.tls) return "";
  if (endpoint.basin_in_host) return absl::StrCat("{basin}.", endpoint.origin.host);
  return gateway::IsLoopback(endpoint.origin.host) ? "" : endpoint.origin.host;
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
    if (scheme == "http" || scheme == "https") return ParseHttp(text);
  }
  return Expected(
      "\"emulator:\", \"grpc://\", \"grpcs://\", \"unix:\", \"http://\" or \"https://\"", text);
}

bool IsLocal(const Endpoint& endpoint) {
  switch (endpoint.kind) {
    case Endpoint::Kind::kEmulator:
    case Endpoint::Kind::kUnix:
      return true;
    case Endpoint::Kind::kTcp:
      return gateway::IsLoopback(endpoint.host);
    case Endpoint::Kind::kHttp:
      return false;
  }
  return false;
}

std::string ClearHost(const Endpoint& endpoint) {
  switch (endpoint.kind) {
    case Endpoint::Kind::kEmulator:
    case Endpoint::Kind::kUnix:
      return "";
    case Endpoint::Kind::kTcp:
      return endpoint.tls || IsLocal(endpoint) ? "" : endpoint.host;
    case Endpoint::Kind::kHttp:
      for (const std::string& url : {endpoint.url, endpoint.basin_url}) {
        const absl::StatusOr<gateway::Endpoint> parsed = gateway::ParseEndpoint(url);
        if (std::string host = parsed.ok() ? ClearHost(*parsed) : ""; !host.empty()) return host;
      }
      return "";
  }
  return "";
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
  if (!gateway::IsAddress(endpoint.host)) {
    return absl::StrCat("dns:///", endpoint.host, ":", endpoint.port);
  }
  return absl::StrContains(endpoint.host, ':')
             ? absl::StrCat("ipv6:[", endpoint.host, "]:", endpoint.port)
             : absl::StrCat("ipv4:", endpoint.host, ":", endpoint.port);
}

}  // namespace s2::internal
