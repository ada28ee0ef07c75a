// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/gateway/internal/calls/query.h"
#include "s2/gateway/internal/calls/services.h"
#include "s2/gateway/internal/calls/target.h"
#include "s2/gateway/internal/calls/unary_calls.h"
#include "s2/gateway/internal/json/enum.h"
#include "s2/gateway/internal/json/requests.h"
#include "s2/record/validate.h"
#include "s2/wire/percent.h"

namespace s2::gateway {
namespace {

// Or what is wrong with a name in it.
using Path = absl::StatusOr<std::string>;

Path BasinPath(const std::string& basin) {
  if (absl::Status s = ValidateBasinName(basin); !s.ok()) return s;
  return absl::StrCat("/basins/", basin);
}

Path AccessTokenPath(const std::string& id) {
  if (absl::Status s = ValidateAccessTokenId(id); !s.ok()) return s;
  return absl::StrCat("/access-tokens/", PercentEncode(id));
}

template <typename Request>
std::string MetricsQuery(const Request& request) {
  Query query;
  query.Add("set", request.set());
  if (request.has_start()) query.Add("start", request.start());
  if (request.has_end()) query.Add("end", request.end());
  if (const std::string interval = EnumText(request.interval()); !interval.empty()) {
    query.Add("interval", interval);
  }
  return query.text();
}

Path MetricsPath(const rpc::v1::GetBasinMetricsRequest& request) {
  if (absl::Status s = ValidateBasinName(request.basin()); !s.ok()) return s;
  return absl::StrCat("/metrics/", request.basin(), MetricsQuery(request));
}

Path MetricsPath(const rpc::v1::GetStreamMetricsRequest& request) {
  if (absl::Status s = ValidateBasinName(request.basin()); !s.ok()) return s;
  if (absl::Status s = ValidateStreamName(request.stream()); !s.ok()) return s;
  return absl::StrCat("/metrics/", request.basin(), "/", PercentEncode(request.stream()),
                      MetricsQuery(request));
}

absl::StatusOr<http2::Request> MakeRequest(const Core& core, const grpc::ServerContextBase& context,
                                           const char* method, const Path& path) {
  if (!path.ok()) return path.status();
  return MakeAccountRequest(core.options(), context, {method, *path});
}

}  // namespace

grpc::ServerUnaryReactor* AccountService::ListBasins(grpc::CallbackServerContext* context,
                                                     const rpc::v1::ListBasinsRequest* request,
                                                     rpc::v1::ListBasinsResponse* response) {
  return CallForJson(
      core_, MakeRequest(*core_, *context, "GET", absl::StrCat("/basins", ListQuery(*request))), "",
      response);
}

grpc::ServerUnaryReactor* AccountService::CreateBasin(grpc::CallbackServerContext* context,
                                                      const rpc::v1::CreateBasinRequest* request,
                                                      rpc::v1::CreateBasinResponse* response) {
  return CallForProvision(
      core_,
      WithRequestToken(MakeRequest(*core_, *context, "POST", "/basins"), request->request_token()),
      MakeBody(*request), response);
}

grpc::ServerUnaryReactor* AccountService::EnsureBasin(grpc::CallbackServerContext* context,
                                                      const rpc::v1::EnsureBasinRequest* request,
                                                      rpc::v1::EnsureBasinResponse* response) {
  return CallForProvision(core_, MakeRequest(*core_, *context, "PUT", BasinPath(request->basin())),
                          MakeBody(*request), response);
}

grpc::ServerUnaryReactor* AccountService::GetBasinConfig(
    grpc::CallbackServerContext* context, const rpc::v1::GetBasinConfigRequest* request,
    rpc::v1::BasinConfig* response) {
  return CallForJson(core_, MakeRequest(*core_, *context, "GET", BasinPath(request->basin())), "",
                     response);
}

grpc::ServerUnaryReactor* AccountService::ReconfigureBasin(
    grpc::CallbackServerContext* context, const rpc::v1::ReconfigureBasinRequest* request,
    rpc::v1::BasinConfig* response) {
  return CallForJson(core_, MakeRequest(*core_, *context, "PATCH", BasinPath(request->basin())),
                     MakeBody(*request), response);
}

grpc::ServerUnaryReactor* AccountService::DeleteBasin(grpc::CallbackServerContext* context,
                                                      const rpc::v1::DeleteBasinRequest* request,
                                                      rpc::v1::DeleteBasinResponse*) {
  return CallForStatus(core_, MakeRequest(*core_, *context, "DELETE", BasinPath(request->basin())),
                       202);
}

grpc::ServerUnaryReactor* AccountService::ListAccessTokens(
    grpc::CallbackServerContext* context, const rpc::v1::ListAccessTokensRequest* request,
    rpc::v1::ListAccessTokensResponse* response) {
  return CallForJson(
      core_,
      MakeRequest(*core_, *context, "GET", absl::StrCat("/access-tokens", ListQuery(*request))), "",
      response);
}

grpc::ServerUnaryReactor* AccountService::IssueAccessToken(
    grpc::CallbackServerContext* context, const rpc::v1::IssueAccessTokenRequest* request,
    rpc::v1::IssueAccessTokenResponse* response) {
  return CallForJson(core_, MakeRequest(*core_, *context, "POST", "/access-tokens"),
                     MakeBody(*request), response);
}

grpc::ServerUnaryReactor* AccountService::RevokeAccessToken(
    grpc::CallbackServerContext* context, const rpc::v1::RevokeAccessTokenRequest* request,
    rpc::v1::RevokeAccessTokenResponse*) {
  return CallForStatus(
      core_, MakeRequest(*core_, *context, "DELETE", AccessTokenPath(request->id())), 204);
}

grpc::ServerUnaryReactor* AccountService::ListLocations(grpc::CallbackServerContext* context,
                                                        const rpc::v1::ListLocationsRequest*,
                                                        rpc::v1::ListLocationsResponse* response) {
  return CallForJson(core_, MakeRequest(*core_, *context, "GET", "/locations"), "", response);
}

grpc::ServerUnaryReactor* AccountService::GetDefaultLocation(
    grpc::CallbackServerContext* context, const rpc::v1::GetDefaultLocationRequest*,
    rpc::v1::LocationInfo* response) {
  return CallForJson(core_, MakeRequest(*core_, *context, "GET", "/locations/default"), "",
                     response);
}

grpc::ServerUnaryReactor* AccountService::SetDefaultLocation(
    grpc::CallbackServerContext* context, const rpc::v1::SetDefaultLocationRequest* request,
    rpc::v1::LocationInfo* response) {
  return CallForJson(core_, MakeRequest(*core_, *context, "PUT", "/locations/default"),
                     MakeBody(*request), response);
}

grpc::ServerUnaryReactor* AccountService::GetAccountMetrics(
    grpc::CallbackServerContext* context, const rpc::v1::GetAccountMetricsRequest* request,
    rpc::v1::MetricSet* response) {
  return CallForJson(
      core_, MakeRequest(*core_, *context, "GET", absl::StrCat("/metrics", MetricsQuery(*request))),
      "", response);
}

grpc::ServerUnaryReactor* AccountService::GetBasinMetrics(
    grpc::CallbackServerContext* context, const rpc::v1::GetBasinMetricsRequest* request,
    rpc::v1::MetricSet* response) {
  return CallForJson(core_, MakeRequest(*core_, *context, "GET", MetricsPath(*request)), "",
                     response);
}

grpc::ServerUnaryReactor* AccountService::GetStreamMetrics(
    grpc::CallbackServerContext* context, const rpc::v1::GetStreamMetricsRequest* request,
    rpc::v1::MetricSet* response) {
  return CallForJson(core_, MakeRequest(*core_, *context, "GET", MetricsPath(*request)), "",
                     response);
}

}  // namespace s2::gateway
