// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_ENDPOINT_ENDPOINT_H_
#define S2_ENDPOINT_ENDPOINT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Endpoint strings, taken apart once into values. connect.h has the grammar. All functions are pure
// and thread safe; errors are INVALID_ARGUMENT, and say what was expected and what was found
// instead.
namespace s2::endpoint {

// emulator: or emulator://NAME
struct Emulator {
  // Who gives the same name shares the emulator. Empty: nobody does.
  std::string name;
};

// unix:PATH
struct UnixSocket {
  std::string path;
};

// grpc://HOST[:PORT] or grpcs://HOST[:PORT][?OPTION&...]
struct Grpc {
  std::string host;  // a name or an address; an IPv6 address stands without its brackets
  uint16_t port = 0;
  // The options, which only grpcs has, are empty where they were not given.
  bool tls = false;
  std::string roots_file;
  std::string certificate_file;
  std::string key_file;
  std::string certificate_name;
};

// http[s]://[{basin}.]HOST[:PORT]: a part of S2's own HTTP API.
struct HttpHost {
  std::string host;  // as in Grpc
  uint16_t port = 0;
  bool tls = false;
  // A request goes to BASIN.HOST, where BASIN is the basin that it is about.
  bool basin_in_host = false;
};

// How large bodies and messages are compressed on their way to S2, and what is asked of it in
// return.
enum class Compression { kNone, kGzip, kZstd };

// http[s]://HOST[:PORT][?OPTION&...]: S2 itself.
struct Http {
  HttpHost account;               // where operations on basins go
  std::optional<HttpHost> basin;  // where streams and records are; nothing: there too
  std::string roots_file;         // PEM of the certificates to trust; empty: the system's
  Compression compression = Compression::kNone;
};

using Endpoint = std::variant<Emulator, UnixSocket, Grpc, Http>;

absl::StatusOr<Endpoint> Parse(absl::string_view text);

// The same for an endpoint that must be S2 itself. The account's host may have "{basin}." here,
// since who parses the basin's host alone needs that; Validate refuses it.
absl::StatusOr<Http> ParseHttp(absl::string_view text);

// OK, or what is wrong with an endpoint that may have been written by hand, naming the field: a
// host or port that is none, or an account whose host depends on the basin.
absl::Status Validate(const Http& http);

// http[s]://[{basin}.]HOST:PORT.
std::string ToString(const HttpHost& host);

// Does what is sent to the endpoint certainly not leave this machine? False for S2 itself, which a
// gateway in this process sends to.
bool IsLocal(const Endpoint& endpoint);

// A host beyond this machine to which an access token would go in the clear; empty: there is none.
std::string ClearHost(const Endpoint& endpoint);

// What gRPC calls the server, for a channel to it.
std::string GrpcTarget(const UnixSocket& socket);
std::string GrpcTarget(const Grpc& grpc);

}  // namespace s2::endpoint

#endif  // S2_ENDPOINT_ENDPOINT_H_
