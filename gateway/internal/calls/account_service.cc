// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/gateway/internal/calls/query.h"
#include "s2/gateway/internal/calls/services.h"
#include "s2/gateway/internal/calls/unary_calls.h"
#include "s2/gateway/internal/json/requests.h"
#include "s2/gateway/internal/json/value.h"
#include "s2/record/validate.h"
#include "s2/server/internal/unary_services.h"
#include "s2/wire/percent.h"

namespace s2::gateway {
namespace {

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

// What each request asks of S2's HTTP API, and what comes back.
JsonOperation OperationOf(const rpc::v1::ListBasinsRequest& request) {
  return {{"GET", absl::StrCat("/basins", ListQuery(request))}};
}
ProvisionOperation OperationOf(const rpc::v1::CreateBasinRequest& request) {
  return {{"POST", "/basins", MakeBody(request), request.request_token()}};
}
ProvisionOperation OperationOf(const rpc::v1::EnsureBasinRequest& request) {
  return {{"PUT", BasinPath(request.basin()), MakeBody(request)}};
}
JsonOperation OperationOf(const rpc::v1::GetBasinConfigRequest& request) {
  return {{"GET", BasinPath(request.basin())}};
}
JsonOperation OperationOf(const rpc::v1::ReconfigureBasinRequest& request) {
  return {{"PATCH", BasinPath(request.basin()), MakeBody(request)}};
}
StatusOperation OperationOf(const rpc::v1::DeleteBasinRequest& request) {
  return {{"DELETE", BasinPath(request.basin())}, 202};
}
JsonOperation OperationOf(const rpc::v1::ListAccessTokensRequest& request) {
  return {{"GET", absl::StrCat("/access-tokens", ListQuery(request))}};
}
JsonOperation OperationOf(const rpc::v1::IssueAccessTokenRequest& request) {
  return {{"POST", "/access-tokens", MakeBody(request)}};
}
StatusOperation OperationOf(const rpc::v1::RevokeAccessTokenRequest& request) {
  return {{"DELETE", AccessTokenPath(request.id())}, 204};
}
JsonOperation OperationOf(const rpc::v1::ListLocationsRequest&) { return {{"GET", "/locations"}}; }
JsonOperation OperationOf(const rpc::v1::GetDefaultLocationRequest&) {
  return {{"GET", "/locations/default"}};
}
JsonOperation OperationOf(const rpc::v1::SetDefaultLocationRequest& request) {
  return {{"PUT", "/locations/default", MakeBody(request)}};
}
JsonOperation OperationOf(const rpc::v1::GetAccountMetricsRequest& request) {
  return {{"GET", absl::StrCat("/metrics", MetricsQuery(request))}};
}
JsonOperation OperationOf(const rpc::v1::GetBasinMetricsRequest& request) {
  return {{"GET", MetricsPath(request)}};
}
JsonOperation OperationOf(const rpc::v1::GetStreamMetricsRequest& request) {
  return {{"GET", MetricsPath(request)}};
}

struct AccountHandler {
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Handle(const char*, grpc::CallbackServerContext* context,
                                   const Request& request, Response* response) const {
    return StartCall({core, context, &MakeAccountRequest}, OperationOf(request), response);
  }

  std::shared_ptr<Core> core;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAccountService(std::shared_ptr<Core> core) {
  return std::make_unique<server::AccountService<AccountHandler>>(AccountHandler{std::move(core)});
}

}  // namespace s2::gateway
