// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/json/requests.h"

#include "s2/gateway/internal/json/access.h"
#include "s2/gateway/internal/json/config.h"
#include "s2/gateway/internal/json/patch.h"
#include "s2/gateway/internal/json/value.h"
#include "s2/retry/error.h"
#include "s2/rpc/v1/account.pb.h"
#include "s2/rpc/v1/basin.pb.h"

namespace s2::gateway {
namespace {

absl::StatusOr<std::string> Text(const absl::StatusOr<Json>& json) {
  if (!json.ok()) return json.status();
  return ToText(*json);
}

// Puts the request's `config` into `json`, if it has one.
template <typename Request>
absl::Status AddConfig(const Request& request, Json& json) {
  if (!request.has_config()) return absl::OkStatus();
  absl::StatusOr<Json> config = ToJson(request.config());
  if (!config.ok()) return WithContext(config.status(), "config");
  json["config"] = *std::move(config);
  return absl::OkStatus();
}

absl::StatusOr<std::string> Body(const rpc::v1::CreateBasinRequest& request) {
  Json json = {{"basin", request.basin()}};
  if (absl::Status s = AddConfig(request, json); !s.ok()) return s;
  if (!request.location().empty()) json["location"] = request.location();
  return ToText(json);
}

// Empty where everything is to be the default.
absl::StatusOr<std::string> Body(const rpc::v1::EnsureBasinRequest& request) {
  Json json = Json::object();
  if (absl::Status s = AddConfig(request, json); !s.ok()) return s;
  if (!request.location().empty()) json["location"] = request.location();
  return json.empty() ? "" : ToText(json);
}

absl::StatusOr<std::string> Body(const rpc::v1::ReconfigureBasinRequest& request) {
  return Text(ToPatch(request.config(), request.update_mask()));
}

absl::StatusOr<std::string> Body(const rpc::v1::IssueAccessTokenRequest& request) {
  return Text(ToJson(request.info()));
}

absl::StatusOr<std::string> Body(const rpc::v1::SetDefaultLocationRequest& request) {
  return ToText(Json(request.location()));
}

absl::StatusOr<std::string> Body(const rpc::v1::CreateStreamRequest& request) {
  Json json = {{"stream", request.stream()}};
  if (absl::Status s = AddConfig(request, json); !s.ok()) return s;
  return ToText(json);
}

// Empty where everything is to be the default.
absl::StatusOr<std::string> Body(const rpc::v1::EnsureStreamRequest& request) {
  Json json = Json::object();
  if (absl::Status s = AddConfig(request, json); !s.ok()) return s;
  return json.empty() ? "" : ToText(json["config"]);
}

absl::StatusOr<std::string> Body(const rpc::v1::ReconfigureStreamRequest& request) {
  return Text(ToPatch(request.config(), request.update_mask()));
}

}  // namespace

template <typename Request>
absl::StatusOr<std::string> MakeBody(const Request& request) {
  return Body(request);
}

// The requests that have a body.
template absl::StatusOr<std::string> MakeBody(const rpc::v1::CreateBasinRequest&);
template absl::StatusOr<std::string> MakeBody(const rpc::v1::EnsureBasinRequest&);
template absl::StatusOr<std::string> MakeBody(const rpc::v1::ReconfigureBasinRequest&);
template absl::StatusOr<std::string> MakeBody(const rpc::v1::IssueAccessTokenRequest&);
template absl::StatusOr<std::string> MakeBody(const rpc::v1::SetDefaultLocationRequest&);
template absl::StatusOr<std::string> MakeBody(const rpc::v1::CreateStreamRequest&);
template absl::StatusOr<std::string> MakeBody(const rpc::v1::EnsureStreamRequest&);
template absl::StatusOr<std::string> MakeBody(const rpc::v1::ReconfigureStreamRequest&);

absl::StatusOr<std::string> MakeHeader(const rpc::v1::StreamConfig& config) {
  return Text(ToJson(config));
}

}  // namespace s2::gateway
