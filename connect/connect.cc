// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/connect/connect.h"

#include <cstdlib>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "s2/client/internal/grpc_connection.h"
#include "s2/connect/internal/endpoint.h"
#include "s2/connect/internal/make_pool.h"
#include "s2/retry/error.h"

namespace s2 {
namespace {

using internal::Endpoint;
using internal::StubPool;

constexpr char kAccount[] = "S2_ACCOUNT_ENDPOINT";
constexpr char kBasin[] = "S2_BASIN_ENDPOINT";
constexpr char kToken[] = "S2_ACCESS_TOKEN";

absl::StatusOr<std::shared_ptr<StubPool>> MakePool(absl::string_view text,
                                                   const ConnectOptions& options) {
  const absl::StatusOr<Endpoint> endpoint = internal::ParseEndpoint(text);
  if (!endpoint.ok()) return endpoint.status();
  const bool has_token =
      !options.client.access_token.empty() || options.client.access_token_provider != nullptr;
  if (has_token && endpoint->kind == Endpoint::Kind::kTcp && !endpoint->tls &&
      !internal::IsLocal(*endpoint)) {
    return MakeError(ErrorCode::kInvalid,
                     absl::StrCat("an access token would go to ", endpoint->host,
                                  " in the clear; expected grpcs://, or a host that is this "
                                  "machine"));
  }
  return internal::MakePool(*endpoint, options);
}

// An endpoint, and what the user knows it by.
struct Named {
  const char* name;
  std::string endpoint;
};

absl::StatusOr<Client> ConnectTo(const Named& account_endpoint, const Named& basin_endpoint,
                                 const ConnectOptions& options) {
  if (absl::Status s = Validate(options.client); !s.ok()) return s;
  auto account = MakePool(account_endpoint.endpoint, options);
  if (!account.ok()) return WithContext(account.status(), account_endpoint.name);
  auto basin = account_endpoint.endpoint == basin_endpoint.endpoint
                   ? account
                   : MakePool(basin_endpoint.endpoint, options);
  if (!basin.ok()) return WithContext(basin.status(), basin_endpoint.name);
  return Client(std::make_shared<internal::GrpcConnection>(
      *std::move(account), *std::move(basin), internal::TokenCarriage::kMetadata, options.client));
}

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// As S2's own SDKs read it.
std::string WithScheme(const std::string& endpoint) {
  const bool has_scheme = absl::StrContains(endpoint, "://") ||
                          absl::StartsWith(endpoint, "emulator:") ||
                          absl::StartsWith(endpoint, "unix:");
  return has_scheme ? endpoint : absl::StrCat("https://", endpoint);
}

}  // namespace

absl::StatusOr<Client> Connect(absl::string_view endpoint, ConnectOptions options) {
  const Named both = {"endpoint", std::string(endpoint)};
  return ConnectTo(both, both, options);
}

absl::StatusOr<Client> ConnectFromEnvironment(ConnectOptions options) {
  const std::string account = Environment(kAccount);
  const std::string basin = Environment(kBasin);
  if (account.empty() || basin.empty()) {
    const std::string missing = !basin.empty() ? absl::StrCat(kAccount, " is")
                                : !account.empty()
                                    ? absl::StrCat(kBasin, " is")
                                    : absl::StrCat(kAccount, " and ", kBasin, " are");
    return MakeError(
        ErrorCode::kInvalid,
        absl::StrCat(missing,
                     " not set in the environment; both must name an endpoint, such as "
                     "\"emulator:\" or \"grpc://localhost:50051\""));
  }
  if (options.client.access_token.empty() && options.client.access_token_provider == nullptr) {
    options.client.access_token = Environment(kToken);
  }
  return ConnectTo({kAccount, WithScheme(account)}, {kBasin, WithScheme(basin)}, options);
}

}  // namespace s2
