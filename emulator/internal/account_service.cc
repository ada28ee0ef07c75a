// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "absl/strings/str_cat.h"
#include "s2/emulator/internal/services.h"
#include "s2/emulator/internal/unary_call.h"
#include "s2/retry/error.h"

namespace s2::emulator {
namespace {

// Runs one of the account's operations and fills the response.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* Answer(const std::shared_ptr<Core>& core,
                                 grpc::CallbackServerContext* context, const char* rpc,
                                 absl::StatusOr<Response> (Account::*operation)(const Request&),
                                 const std::string& basin, const Request& request,
                                 Response* response) {
  const auto run = [&] {
    absl::StatusOr<Response> result = (core->account().*operation)(request);
    if (result.ok()) *response = *std::move(result);
    return result.status();
  };
  return AnswerUnary(core, context, {rpc, basin, "", std::nullopt, nullptr},
                     {run, nullptr, nullptr});
}

grpc::ServerUnaryReactor* NotImplemented(const std::shared_ptr<Core>& core,
                                         grpc::CallbackServerContext* context, const char* rpc) {
  const auto run = [&] {
    return MakeError(ErrorCode::kNotImplemented,
                     absl::StrCat("the emulator does not implement ", rpc));
  };
  return AnswerUnary(core, context, {rpc, "", "", std::nullopt, nullptr}, {run, nullptr, nullptr});
}

}  // namespace

grpc::ServerUnaryReactor* AccountService::ListBasins(grpc::CallbackServerContext* context,
                                                     const rpc::v1::ListBasinsRequest* request,
                                                     rpc::v1::ListBasinsResponse* response) {
  return Answer(core_, context, "ListBasins", &Account::ListBasins, "", *request, response);
}

grpc::ServerUnaryReactor* AccountService::CreateBasin(grpc::CallbackServerContext* context,
                                                      const rpc::v1::CreateBasinRequest* request,
                                                      rpc::v1::CreateBasinResponse* response) {
  return Answer(core_, context, "CreateBasin", &Account::CreateBasin, request->basin(), *request,
                response);
}

grpc::ServerUnaryReactor* AccountService::EnsureBasin(grpc::CallbackServerContext* context,
                                                      const rpc::v1::EnsureBasinRequest* request,
                                                      rpc::v1::EnsureBasinResponse* response) {
  return Answer(core_, context, "EnsureBasin", &Account::EnsureBasin, request->basin(), *request,
                response);
}

grpc::ServerUnaryReactor* AccountService::GetBasinConfig(
    grpc::CallbackServerContext* context, const rpc::v1::GetBasinConfigRequest* request,
    rpc::v1::BasinConfig* response) {
  return Answer(core_, context, "GetBasinConfig", &Account::GetBasinConfig, request->basin(),
                *request, response);
}

grpc::ServerUnaryReactor* AccountService::ReconfigureBasin(
    grpc::CallbackServerContext* context, const rpc::v1::ReconfigureBasinRequest* request,
    rpc::v1::BasinConfig* response) {
  return Answer(core_, context, "ReconfigureBasin", &Account::ReconfigureBasin, request->basin(),
                *request, response);
}

grpc::ServerUnaryReactor* AccountService::DeleteBasin(grpc::CallbackServerContext* context,
                                                      const rpc::v1::DeleteBasinRequest* request,
                                                      rpc::v1::DeleteBasinResponse* response) {
  return Answer(core_, context, "DeleteBasin", &Account::DeleteBasin, request->basin(), *request,
                response);
}

grpc::ServerUnaryReactor* AccountService::ListAccessTokens(grpc::CallbackServerContext* context,
                                                           const rpc::v1::ListAccessTokensRequest*,
                                                           rpc::v1::ListAccessTokensResponse*) {
  return NotImplemented(core_, context, "ListAccessTokens");
}

grpc::ServerUnaryReactor* AccountService::IssueAccessToken(grpc::CallbackServerContext* context,
                                                           const rpc::v1::IssueAccessTokenRequest*,
                                                           rpc::v1::IssueAccessTokenResponse*) {
  return NotImplemented(core_, context, "IssueAccessToken");
}

grpc::ServerUnaryReactor* AccountService::RevokeAccessToken(
    grpc::CallbackServerContext* context, const rpc::v1::RevokeAccessTokenRequest*,
    rpc::v1::RevokeAccessTokenResponse*) {
  return NotImplemented(core_, context, "RevokeAccessToken");
}

grpc::ServerUnaryReactor* AccountService::ListLocations(grpc::CallbackServerContext* context,
                                                        const rpc::v1::ListLocationsRequest*,
                                                        rpc::v1::ListLocationsResponse*) {
  return NotImplemented(core_, context, "ListLocations");
}

grpc::ServerUnaryReactor* AccountService::GetDefaultLocation(
    grpc::CallbackServerContext* context, const rpc::v1::GetDefaultLocationRequest*,
    rpc::v1::LocationInfo*) {
  return NotImplemented(core_, context, "GetDefaultLocation");
}

grpc::ServerUnaryReactor* AccountService::SetDefaultLocation(
    grpc::CallbackServerContext* context, const rpc::v1::SetDefaultLocationRequest*,
    rpc::v1::LocationInfo*) {
  return NotImplemented(core_, context, "SetDefaultLocation");
}

grpc::ServerUnaryReactor* AccountService::GetAccountMetrics(
    grpc::CallbackServerContext* context, const rpc::v1::GetAccountMetricsRequest*,
    rpc::v1::MetricSet*) {
  return NotImplemented(core_, context, "GetAccountMetrics");
}

grpc::ServerUnaryReactor* AccountService::GetBasinMetrics(grpc::CallbackServerContext* context,
                                                          const rpc::v1::GetBasinMetricsRequest*,
                                                          rpc::v1::MetricSet*) {
  return NotImplemented(core_, context, "GetBasinMetrics");
}

grpc::ServerUnaryReactor* AccountService::GetStreamMetrics(grpc::CallbackServerContext* context,
                                                           const rpc::v1::GetStreamMetricsRequest*,
                                                           rpc::v1::MetricSet*) {
  return NotImplemented(core_, context, "GetStreamMetrics");
}

}  // namespace s2::emulator
