// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/connect/connect.h"

#include <cstdlib>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "s2/client/internal/access_token.h"
#include "s2/client/internal/grpc_connection.h"
#include "s2/connect/internal/make_pool.h"
#include "s2/endpoint/endpoint.h"
#include "s2/retry/error.h"
#include "s2/retry/internal/forked.h"

namespace s2 {
namespace {

using endpoint::Endpoint;
using endpoint::Http;
using internal::StubPool;

constexpr char kAccount[] = "S2_ACCOUNT_ENDPOINT";
constexpr char kBasin[] = "S2_BASIN_ENDPOINT";
constexpr char kToken[] = "S2_ACCESS_TOKEN";

// An endpoint string, and what the user knows it by: an argument or a variable.
struct Named {
  const char* name;
  std::string endpoint;
};

// The endpoint, taken apart; an error if a token would go there in the clear.
absl::StatusOr<Endpoint> Parse(const Named& named, const ConnectOptions& options) {
  absl::StatusOr<Endpoint> endpoint = endpoint::Parse(named.endpoint);
  if (!endpoint.ok()) {
    return WithContext(MakeError(ErrorCode::kInvalid, endpoint.status().message()), named.name);
  }
  const std::string clear_host = endpoint::ClearHost(*endpoint);
  if (!internal::HasToken(options.client) || clear_host.empty()) return endpoint;
  return WithContext(
      MakeError(ErrorCode::kInvalid,
                absl::StrCat("an access token would go to ", clear_host, " in the clear; expected ",
                             std::holds_alternative<Http>(*endpoint) ? "https" : "grpcs",
                             "://, or a host that is this machine")),
      named.name);
}

absl::StatusOr<std::shared_ptr<StubPool>> MakePool(const Named& named, const Endpoint& endpoint,
                                                   const ConnectOptions& options) {
  auto pool = internal::MakePool(endpoint, options);
  if (!pool.ok()) return WithContext(pool.status(), named.name);
  return pool;
}

Client MakeClient(std::shared_ptr<StubPool> account, std::shared_ptr<StubPool> basin,
                  const ConnectOptions& options) {
  return Client(std::make_shared<internal::GrpcConnection>(
      std::move(account), std::move(basin), internal::TokenCarriage::kMetadata, options.client));
}

absl::StatusOr<Client> ConnectTo(const Named& named, const ConnectOptions& options) {
  if (absl::Status s = Validate(options.client); !s.ok()) return s;
  const absl::StatusOr<Endpoint> endpoint = Parse(named, options);
  if (!endpoint.ok()) return endpoint.status();
  const auto pool = MakePool(named, *endpoint, options);
  if (!pool.ok()) return pool.status();
  return MakeClient(*pool, *pool, options);
}

// The endpoints of the account and of the basins in one. If one of them is S2 itself, both must be:
// one gateway speaks to both.
absl::StatusOr<Http> Join(const Endpoint& account, const Endpoint& basin) {
  const Http* const for_account = std::get_if<Http>(&account);
  const Http* const for_basin = std::get_if<Http>(&basin);
  if (for_account == nullptr || for_basin == nullptr) {
    return MakeError(ErrorCode::kInvalid,
                     absl::StrCat(kAccount, " and ", kBasin,
                                  ": expected http or https for both, or for neither"));
  }
  const bool has_options =
      !for_basin->roots_file.empty() || for_basin->compression != endpoint::Compression::kNone;
  if (has_options || for_basin->basin || for_account->basin) {
    return MakeError(ErrorCode::kInvalid,
                     absl::StrCat(kBasin, ": expected no options, and no option basin in ",
                                  kAccount, ", whose other options hold for both"));
  }
  Http both = *for_account;
  both.basin = for_basin->account;
  return both;
}

absl::StatusOr<Client> ConnectTo(const Named& account, const Named& basin,
                                 const ConnectOptions& options) {
  if (account.endpoint == basin.endpoint) return ConnectTo(account, options);
  if (absl::Status s = Validate(options.client); !s.ok()) return s;
  const absl::StatusOr<Endpoint> account_endpoint = Parse(account, options);
  if (!account_endpoint.ok()) return account_endpoint.status();
  const absl::StatusOr<Endpoint> basin_endpoint = Parse(basin, options);
  if (!basin_endpoint.ok()) return basin_endpoint.status();
  if (std::holds_alternative<Http>(*account_endpoint) ||
      std::holds_alternative<Http>(*basin_endpoint)) {
    const absl::StatusOr<Http> both = Join(*account_endpoint, *basin_endpoint);
    if (!both.ok()) return both.status();
    const auto pool = MakePool(account, *both, options);
    if (!pool.ok()) return pool.status();
    return MakeClient(*pool, *pool, options);
  }
  const auto account_pool = MakePool(account, *account_endpoint, options);
  if (!account_pool.ok()) return account_pool.status();
  const auto basin_pool = MakePool(basin, *basin_endpoint, options);
  if (!basin_pool.ok()) return basin_pool.status();
  return MakeClient(*account_pool, *basin_pool, options);
}

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The endpoint of a variable, which without a scheme is https, as in S2's own SDKs.
std::string WithScheme(const std::string& endpoint) {
  const bool has_scheme = absl::StrContains(endpoint, "://") ||
                          absl::StartsWith(endpoint, "emulator:") ||
                          absl::StartsWith(endpoint, "unix:");
  return has_scheme ? endpoint : absl::StrCat("https://", endpoint);
}

}  // namespace

absl::StatusOr<Client> Connect(absl::string_view endpoint, const ConnectOptions& options) {
  if (absl::Status s = internal::BeginUse(); !s.ok()) return s;
  return ConnectTo({"endpoint", std::string(endpoint)}, options);
}

absl::StatusOr<Client> ConnectFromEnvironment(ConnectOptions options) {
  if (absl::Status s = internal::BeginUse(); !s.ok()) return s;
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
  if (!internal::HasToken(options.client)) {
    options.client.access_token = Environment(kToken);
  }
  return ConnectTo({kAccount, WithScheme(account)}, {kBasin, WithScheme(basin)}, options);
}

}  // namespace s2
