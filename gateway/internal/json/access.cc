// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/json/access.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "s2/gateway/internal/json/value.h"
#include "s2/retry/error.h"

namespace s2::gateway {
namespace {

using rpc::v1::AccessTokenInfo;
using rpc::v1::AccessTokenScope;
using rpc::v1::PermittedOperationGroups;
using rpc::v1::ReadWritePermissions;
using rpc::v1::ResourceSet;

Json PermissionsToJson(const ReadWritePermissions& permissions) {
  return {{"read", permissions.read()}, {"write", permissions.write()}};
}

Json GroupsToJson(const PermittedOperationGroups& groups) {
  Json json = Json::object();
  if (groups.has_account()) json["account"] = PermissionsToJson(groups.account());
  if (groups.has_basin()) json["basin"] = PermissionsToJson(groups.basin());
  if (groups.has_stream()) json["stream"] = PermissionsToJson(groups.stream());
  return json;
}

absl::Status Add(const char* name, const ResourceSet& set, Json& scope) {
  switch (set.matching_case()) {
    case ResourceSet::kExact:
      scope[name]["exact"] = set.exact();
      return absl::OkStatus();
    case ResourceSet::kPrefix:
      scope[name]["prefix"] = set.prefix();
      return absl::OkStatus();
    case ResourceSet::MATCHING_NOT_SET:
      break;
  }
  return MakeError(ErrorCode::kInvalid,
                   absl::StrCat("info.scope.", name, " is empty; it must have exact or prefix"));
}

absl::StatusOr<Json> ScopeToJson(const AccessTokenScope& scope) {
  Json json = Json::object();
  absl::Status status;
  if (scope.has_basins()) status.Update(Add("basins", scope.basins(), json));
  if (scope.has_streams()) status.Update(Add("streams", scope.streams(), json));
  if (scope.has_access_tokens()) {
    status.Update(Add("access_tokens", scope.access_tokens(), json));
  }
  if (!status.ok()) return status;
  if (scope.has_op_groups()) json["op_groups"] = GroupsToJson(scope.op_groups());
  json["ops"] = Json::array();
  for (int i = 0; i < scope.ops_size(); ++i) {
    const std::string op = EnumText(scope.ops(i));
    if (op.empty()) {
      return MakeError(ErrorCode::kInvalid,
                       absl::StrCat("info.scope.ops[", i, "] is ", static_cast<int>(scope.ops(i)),
                                    "; it must be an operation other than unspecified"));
    }
    json["ops"].push_back(op);
  }
  return json;
}

void Read(const JsonReader& json, ReadWritePermissions& permissions) {
  if (const auto read = json.Optional("read")) permissions.set_read(read->Bool());
  if (const auto write = json.Optional("write")) permissions.set_write(write->Bool());
}

void Read(const JsonReader& json, PermittedOperationGroups& groups) {
  if (const auto account = json.Optional("account")) Read(*account, *groups.mutable_account());
  if (const auto basin = json.Optional("basin")) Read(*basin, *groups.mutable_basin());
  if (const auto stream = json.Optional("stream")) Read(*stream, *groups.mutable_stream());
}

void Read(const JsonReader& json, ResourceSet& set) {
  if (const auto exact = json.Optional("exact")) {
    set.set_exact(exact->String());
  } else if (const auto prefix = json.Optional("prefix")) {
    set.set_prefix(prefix->String());
  } else {
    json.Fail("{\"exact\": NAME} or {\"prefix\": NAME}");
  }
}

void Read(const JsonReader& json, AccessTokenScope& scope) {
  if (const auto set = json.Optional("basins")) Read(*set, *scope.mutable_basins());
  if (const auto set = json.Optional("streams")) Read(*set, *scope.mutable_streams());
  if (const auto set = json.Optional("access_tokens")) Read(*set, *scope.mutable_access_tokens());
  if (const auto groups = json.Optional("op_groups")) Read(*groups, *scope.mutable_op_groups());
  if (const auto ops = json.Optional("ops")) {
    ops->ForEach([&](const JsonReader& op) {
      scope.add_ops(EnumFromText<rpc::v1::Operation>(op.String()));
    });
  }
}

}  // namespace

absl::StatusOr<Json> ToJson(const AccessTokenInfo& info) {
  absl::StatusOr<Json> scope = ScopeToJson(info.scope());
  if (!scope.ok()) return scope.status();
  Json json = {{"id", info.id()},
               {"auto_prefix_streams", info.auto_prefix_streams()},
               {"scope", *std::move(scope)}};
  if (info.has_expires_at()) {
    absl::StatusOr<std::string> expires_at = ToText(info.expires_at(), "info.expires_at");
    if (!expires_at.ok()) return expires_at.status();
    json["expires_at"] = *std::move(expires_at);
  }
  return json;
}

void Read(const JsonReader& json, AccessTokenInfo& info) {
  info.set_id(json.Required("id").String());
  if (const auto expires_at = json.Optional("expires_at")) {
    *info.mutable_expires_at() = expires_at->Time();
  }
  if (const auto prefix = json.Optional("auto_prefix_streams")) {
    info.set_auto_prefix_streams(prefix->Bool());
  }
  Read(json.Required("scope"), *info.mutable_scope());
}

}  // namespace s2::gateway
