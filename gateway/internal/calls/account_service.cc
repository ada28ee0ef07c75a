// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "s2/gateway/internal/calls/query.h"
#include "s2/gateway/internal/calls/services.h"
#include "s2/gateway/internal/calls/target.h"
#include "s2/gateway/internal/calls/unary_calls.h"
#include "s2/gateway/internal/json/requests.h"
#include "s2/gateway/internal/json/value.h"
#include "s2/record/validate.h"
#include "s2/rpc/v1/account.grpc.pb.h"
#include "s2/wire/percent.h"

namespace s2::gateway {
namespace {

// The path and query of a request behind "/v1", or what is wrong with a name in it.
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

// Each method says what it asks of S2's HTTP API, and what comes back.
class AccountService final : public rpc::v1::AccountService::CallbackService {
 public:
  explicit AccountService(std::shared_ptr<Core> core) : core_(std::move(core)) {}

  grpc::ServerUnaryReactor* ListBasins(grpc::CallbackServerContext* context,
                                       const rpc::v1::ListBasinsRequest* request,
                                       rpc::v1::ListBasinsResponse* response) override {
    return CallForJson(core_, ToS2(*context, "GET", absl::StrCat("/basins", ListQuery(*request))),
                       "", response);
  }

  grpc::ServerUnaryReactor* CreateBasin(grpc::CallbackServerContext* context,
                                        const rpc::v1::CreateBasinRequest* request,
                                        rpc::v1::CreateBasinResponse* response) override {
    return CallForProvision(
        core_, WithRequestToken(ToS2(*context, "POST", "/basins"), request->request_token()),
        MakeBody(*request), response);
  }

  grpc::ServerUnaryReactor* EnsureBasin(grpc::CallbackServerContext* context,
                                        const rpc::v1::EnsureBasinRequest* request,
                                        rpc::v1::EnsureBasinResponse* response) override {
    return CallForProvision(core_, ToS2(*context, "PUT", BasinPath(request->basin())),
                            MakeBody(*request), response);
  }

  grpc::ServerUnaryReactor* GetBasinConfig(grpc::CallbackServerContext* context,
                                           const rpc::v1::GetBasinConfigRequest* request,
                                           rpc::v1::BasinConfig* response) override {
    return CallForJson(core_, ToS2(*context, "GET", BasinPath(request->basin())), "", response);
  }

  grpc::ServerUnaryReactor* ReconfigureBasin(grpc::CallbackServerContext* context,
                                             const rpc::v1::ReconfigureBasinRequest* request,
                                             rpc::v1::BasinConfig* response) override {
    return CallForJson(core_, ToS2(*context, "PATCH", BasinPath(request->basin())),
                       MakeBody(*request), response);
  }

  grpc::ServerUnaryReactor* DeleteBasin(grpc::CallbackServerContext* context,
                                        const rpc::v1::DeleteBasinRequest* request,
                                        rpc::v1::DeleteBasinResponse*) override {
    return CallForStatus(core_, ToS2(*context, "DELETE", BasinPath(request->basin())), 202);
  }

  grpc::ServerUnaryReactor* ListAccessTokens(grpc::CallbackServerContext* context,
                                             const rpc::v1::ListAccessTokensRequest* request,
                                             rpc::v1::ListAccessTokensResponse* response) override {
    return CallForJson(core_,
                       ToS2(*context, "GET", absl::StrCat("/access-tokens", ListQuery(*request))),
                       "", response);
  }

  grpc::ServerUnaryReactor* IssueAccessToken(grpc::CallbackServerContext* context,
                                             const rpc::v1::IssueAccessTokenRequest* request,
                                             rpc::v1::IssueAccessTokenResponse* response) override {
    return CallForJson(core_, ToS2(*context, "POST", "/access-tokens"), MakeBody(*request),
                       response);
  }

  grpc::ServerUnaryReactor* RevokeAccessToken(grpc::CallbackServerContext* context,
                                              const rpc::v1::RevokeAccessTokenRequest* request,
                                              rpc::v1::RevokeAccessTokenResponse*) override {
    return CallForStatus(core_, ToS2(*context, "DELETE", AccessTokenPath(request->id())), 204);
  }

  grpc::ServerUnaryReactor* ListLocations(grpc::CallbackServerContext* context,
                                          const rpc::v1::ListLocationsRequest*,
                                          rpc::v1::ListLocationsResponse* response) override {
    return CallForJson(core_, ToS2(*context, "GET", "/locations"), "", response);
  }

  grpc::ServerUnaryReactor* GetDefaultLocation(grpc::CallbackServerContext* context,
                                               const rpc::v1::GetDefaultLocationRequest*,
                                               rpc::v1::LocationInfo* response) override {
    return CallForJson(core_, ToS2(*context, "GET", "/locations/default"), "", response);
  }

  grpc::ServerUnaryReactor* SetDefaultLocation(grpc::CallbackServerContext* context,
                                               const rpc::v1::SetDefaultLocationRequest* request,
                                               rpc::v1::LocationInfo* response) override {
    return CallForJson(core_, ToS2(*context, "PUT", "/locations/default"), MakeBody(*request),
                       response);
  }

  grpc::ServerUnaryReactor* GetAccountMetrics(grpc::CallbackServerContext* context,
                                              const rpc::v1::GetAccountMetricsRequest* request,
                                              rpc::v1::MetricSet* response) override {
    return CallForJson(core_,
                       ToS2(*context, "GET", absl::StrCat("/metrics", MetricsQuery(*request))), "",
                       response);
  }

  grpc::ServerUnaryReactor* GetBasinMetrics(grpc::CallbackServerContext* context,
                                            const rpc::v1::GetBasinMetricsRequest* request,
                                            rpc::v1::MetricSet* response) override {
    return CallForJson(core_, ToS2(*context, "GET", MetricsPath(*request)), "", response);
  }

  grpc::ServerUnaryReactor* GetStreamMetrics(grpc::CallbackServerContext* context,
                                             const rpc::v1::GetStreamMetricsRequest* request,
                                             rpc::v1::MetricSet* response) override {
    return CallForJson(core_, ToS2(*context, "GET", MetricsPath(*request)), "", response);
  }

 private:
  // The request to the account, or what is wrong with it.
  absl::StatusOr<http2::Request> ToS2(const grpc::CallbackServerContext& context,
                                      const char* method, const Path& path) const {
    if (!path.ok()) return path.status();
    return MakeAccountRequest(core_->options(), context, {method, *path});
  }

  const std::shared_ptr<Core> core_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAccountService(std::shared_ptr<Core> core) {
  return std::make_unique<AccountService>(std::move(core));
}

}  // namespace s2::gateway
