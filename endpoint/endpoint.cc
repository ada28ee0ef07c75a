// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/endpoint/endpoint.h"

#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "s2/endpoint/host.h"

namespace s2::endpoint {
namespace {

constexpr uint16_t kGrpcPort = 50051;
constexpr uint16_t kHttpPort = 80;
constexpr uint16_t kTlsPort = 443;
constexpr char kBasinInHost[] = "{basin}.";

absl::Status WithContext(const absl::Status& error, absl::string_view context) {
  return absl::InvalidArgumentError(absl::StrCat(context, ": ", error.message()));
}

// A path of files or the value of an option, percent-decoded.
absl::StatusOr<std::string> Decode(absl::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    const absl::string_view digits = text.substr(i + 1, 2);
    if (digits.size() != 2 || !std::all_of(digits.begin(), digits.end(), absl::ascii_isxdigit)) {
      return Expected("two hexadecimal digits behind each %", text.substr(i, 3));
    }
    unsigned char byte = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    decoded.push_back(static_cast<char>(byte));
    i += 2;
  }
  if (absl::StrContains(decoded, '\0')) return Expected("a file name without NUL", text);
  return decoded;
}

// Takes the options NAME=VALUE&... into the strings that `values` has for their names. Each may
// come once; `known` shows a person those that there are.
absl::Status ParseOptions(absl::string_view text, absl::string_view known,
                          std::map<absl::string_view, std::string*> values) {
  for (const absl::string_view option : absl::StrSplit(text, '&')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(option, absl::MaxSplits('=', 1));
    const auto it = values.find(parts.first);
    if (it == values.end() || parts.second.empty()) {
      return Expected(absl::StrCat("options ", known, ", each once"), option);
    }
    absl::StatusOr<std::string> value = Decode(parts.second);
    if (!value.ok()) return value.status();
    *it->second = *std::move(value);
    values.erase(it);
  }
  return absl::OkStatus();
}

// Drops the slash of an empty path, with which many write the address of a server.
void DropSlash(absl::string_view& behind_host) {
  if (behind_host == "/" || absl::StartsWith(behind_host, "/?")) behind_host.remove_prefix(1);
}

absl::StatusOr<Emulator> ParseEmulator(absl::string_view rest) {
  Emulator emulator;
  if (rest.empty()) return emulator;
  absl::string_view name = rest;
  const bool has_slashes = absl::ConsumePrefix(&name, "//");
  absl::ConsumeSuffix(&name, "/");
  if (!has_slashes || !IsName(name)) {
    return Expected("\"emulator:\", or \"emulator://NAME\" with a NAME of A-Z a-z 0-9 - . _",
                    absl::StrCat("emulator:", rest));
  }
  emulator.name = std::string(name);
  return emulator;
}

absl::StatusOr<UnixSocket> ParseUnixSocket(absl::string_view rest) {
  absl::string_view path = rest;
  if (absl::ConsumePrefix(&path, "//") && !absl::StartsWith(path, "/")) {
    return Expected("\"unix:PATH\" or \"unix:///PATH\"", absl::StrCat("unix:", rest));
  }
  const size_t special = path.find_first_of("?#");
  if (special != absl::string_view::npos) {
    return Expected("no options behind the path of a unix socket (in the path, ? is %3F and # %23)",
                    path.substr(special));
  }
  absl::StatusOr<std::string> decoded = Decode(path);
  if (!decoded.ok()) return decoded.status();
  constexpr size_t kMostBytes = sizeof(sockaddr_un::sun_path) - 1;
  if (decoded->empty() || decoded->size() > kMostBytes) {
    return Expected(absl::StrCat("a path of 1 to ", kMostBytes, " bytes behind \"unix:\""),
                    *decoded);
  }
  return UnixSocket{*std::move(decoded)};
}

absl::Status ParseTlsOptions(absl::string_view text, Grpc& grpc) {
  if (absl::Status s = ParseOptions(text, "roots=FILE, cert=FILE, key=FILE, name=HOST",
                                    {{"roots", &grpc.roots_file},
                                     {"cert", &grpc.certificate_file},
                                     {"key", &grpc.key_file},
                                     {"name", &grpc.certificate_name}});
      !s.ok()) {
    return s;
  }
  if (grpc.certificate_file.empty() != grpc.key_file.empty()) {
    return Expected("cert=FILE and key=FILE together", text);
  }
  if (!grpc.certificate_name.empty() && !IsName(grpc.certificate_name)) {
    return Expected("a host name as the option name", grpc.certificate_name);
  }
  return absl::OkStatus();
}

absl::StatusOr<Grpc> ParseGrpc(absl::string_view scheme, absl::string_view rest) {
  Grpc grpc;
  grpc.tls = scheme == "grpcs";
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
  absl::StatusOr<HostPort> parsed = ParseHostPort(authority);
  if (!parsed.ok()) return parsed.status();
  grpc.host = std::move(parsed->host);
  grpc.port = parsed->port.value_or(grpc.tls ? kTlsPort : kGrpcPort);
  rest.remove_prefix(end);
  DropSlash(rest);
  if (rest.empty()) return grpc;
  if (!grpc.tls) return Expected("nothing behind grpc://HOST[:PORT]", rest);
  if (!absl::ConsumePrefix(&rest, "?")) {
    return Expected("nothing or \"?OPTION\" behind grpcs://HOST[:PORT]", rest);
  }
  if (absl::Status s = ParseTlsOptions(rest, grpc); !s.ok()) return s;
  return grpc;
}

absl::StatusOr<HttpHost> ParseHttpHost(absl::string_view text) {
  const absl::string_view whole = text;
  const size_t scheme_size = std::min(text.find("://"), text.size());
  const std::string scheme = absl::AsciiStrToLower(text.substr(0, scheme_size));
  text.remove_prefix(scheme_size);
  if ((scheme != "http" && scheme != "https") || !absl::ConsumePrefix(&text, "://")) {
    return Expected("\"http://HOST[:PORT]\" or \"https://HOST[:PORT]\"", whole);
  }
  HttpHost http;
  http.tls = scheme == "https";
  http.basin_in_host = absl::ConsumePrefix(&text, kBasinInHost);
  const size_t end = std::min(text.find_first_of("/?#"), text.size());
  absl::string_view rest = text.substr(end);
  DropSlash(rest);
  if (!rest.empty()) {
    return Expected(absl::StrCat("nothing behind ", scheme, "://HOST[:PORT]"), rest);
  }
  absl::StatusOr<HostPort> parsed = ParseHostPort(text.substr(0, end));
  if (!parsed.ok()) return parsed.status();
  if (http.basin_in_host && IsAddress(parsed->host)) {
    return Expected("a name behind \"{basin}.\"", parsed->host);
  }
  http.host = std::move(parsed->host);
  http.port = parsed->port.value_or(http.tls ? kTlsPort : kHttpPort);
  return http;
}

absl::StatusOr<Compression> ParseCompression(absl::string_view text) {
  if (text.empty() || text == "none") return Compression::kNone;
  if (text == "gzip") return Compression::kGzip;
  if (text == "zstd") return Compression::kZstd;
  return Expected("none, gzip or zstd as the option compression", text);
}

absl::Status ParseHttpOptions(absl::string_view text, Http& http) {
  std::string basin;
  std::string compression;
  if (absl::Status s = ParseOptions(
          text, "basin=HOST, compression=CODING, roots=FILE",
          {{"basin", &basin}, {"compression", &compression}, {"roots", &http.roots_file}});
      !s.ok()) {
    return s;
  }
  const absl::StatusOr<Compression> known = ParseCompression(compression);
  if (!known.ok()) return known.status();
  http.compression = *known;
  if (basin.empty()) return absl::OkStatus();
  absl::StatusOr<HttpHost> host =
      ParseHttpHost(absl::StrCat(http.account.tls ? "https://" : "http://", basin));
  if (!host.ok()) return WithContext(host.status(), "the option basin");
  http.basin = *std::move(host);
  return absl::OkStatus();
}

absl::Status Validate(const HttpHost& host) {
  if (host.port == 0) return Expected("a port of 1 to 65535", "0");
  if (host.basin_in_host ? IsName(host.host) && !IsAddress(host.host)
                         : IsName(host.host) || IsAddress(host.host)) {
    return absl::OkStatus();
  }
  return Expected(
      host.basin_in_host ? "a name behind \"{basin}.\"" : "a host: a name or an address",
      host.host);
}

// As the function of endpoint.h, for one host of S2's API.
std::string ClearHost(const HttpHost& host) {
  if (host.tls) return "";
  if (host.basin_in_host) return absl::StrCat(kBasinInHost, host.host);
  return IsLoopback(host.host) ? "" : host.host;
}

// With brackets, if it is an IPv6 address.
std::string InBrackets(const std::string& host) {
  return absl::StrContains(host, ':') ? absl::StrCat("[", host, "]") : host;
}

}  // namespace

absl::StatusOr<Endpoint> Parse(absl::string_view text) {
  const size_t colon = std::min(text.find(':'), text.size());
  const std::string scheme = absl::AsciiStrToLower(text.substr(0, colon));
  if (colon < text.size()) {
    const absl::string_view rest = text.substr(colon + 1);
    if (scheme == "emulator") return ParseEmulator(rest);
    if (scheme == "unix") return ParseUnixSocket(rest);
    if (scheme == "grpc" || scheme == "grpcs") return ParseGrpc(scheme, rest);
    if (scheme == "http" || scheme == "https") return ParseHttp(text);
  }
  return Expected(
      "\"emulator:\", \"grpc://\", \"grpcs://\", \"unix:\", \"http://\" or \"https://\"", text);
}

absl::StatusOr<Http> ParseHttp(absl::string_view text) {
  const size_t end = std::min(text.find('?'), text.size());
  absl::StatusOr<HttpHost> account = ParseHttpHost(text.substr(0, end));
  if (!account.ok()) return account.status();
  Http http;
  http.account = *std::move(account);
  if (end == text.size()) return http;
  if (absl::Status s = ParseHttpOptions(text.substr(end + 1), http); !s.ok()) return s;
  return http;
}

absl::Status Validate(const Http& http) {
  if (http.account.basin_in_host) {
    return WithContext(Expected("one host for all basins", ToString(http.account)), "account");
  }
  if (absl::Status s = Validate(http.account); !s.ok()) return WithContext(s, "account");
  if (!http.basin) return absl::OkStatus();
  if (absl::Status s = Validate(*http.basin); !s.ok()) return WithContext(s, "basin");
  return absl::OkStatus();
}

std::string ToString(const HttpHost& host) {
  return absl::StrCat(host.tls ? "https://" : "http://", host.basin_in_host ? kBasinInHost : "",
                      InBrackets(host.host), ":", host.port);
}

bool IsLocal(const Endpoint& endpoint) {
  if (const auto* grpc = std::get_if<Grpc>(&endpoint)) return IsLoopback(grpc->host);
  return !std::holds_alternative<Http>(endpoint);
}

std::string ClearHost(const Endpoint& endpoint) {
  if (const auto* grpc = std::get_if<Grpc>(&endpoint)) {
    return grpc->tls || IsLoopback(grpc->host) ? "" : grpc->host;
  }
  if (const auto* http = std::get_if<Http>(&endpoint)) {
    std::string host = ClearHost(http->account);
    return host.empty() && http->basin ? ClearHost(*http->basin) : host;
  }
  return "";  // the emulator and the unix socket are on this machine
}

std::string GrpcTarget(const UnixSocket& socket) {
  std::string target = "unix:";
  for (const char c : socket.path) {
    if (IsName(absl::string_view(&c, 1)) || c == '/') {
      target.push_back(c);
    } else {
      absl::StrAppendFormat(&target, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  return target;
}

std::string GrpcTarget(const Grpc& grpc) {
  const std::string host_port = absl::StrCat(InBrackets(grpc.host), ":", grpc.port);
  if (!IsAddress(grpc.host)) return absl::StrCat("dns:///", host_port);
  return absl::StrCat(absl::StrContains(grpc.host, ':') ? "ipv6:" : "ipv4:", host_port);
}

}  // namespace s2::endpoint
