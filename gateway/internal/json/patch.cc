// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/json/patch.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "s2/gateway/internal/json/config.h"
#include "s2/retry/error.h"

namespace s2::gateway {
namespace {

using google::protobuf::FieldMask;

// The fields that a configuration has. Those of an object are here too, since a patch that clears
// the object must name each of them.
Json StreamShape() {
  return {{"storage_class", nullptr},
          {"retention_policy", nullptr},
          {"timestamping", {{"mode", nullptr}, {"uncapped", nullptr}}},
          {"delete_on_empty", {{"min_age_secs", nullptr}}}};
}

Json BasinShape() {
  return {{"default_stream_config", StreamShape()},
          {"stream_cipher", nullptr},
          {"create_stream_on_append", nullptr},
          {"create_stream_on_read", nullptr}};
}

// The member of this name, if `json` is an object that has it; else JSON's null.
const Json& Member(const Json& json, const std::string& name) {
  static const Json* const kNull = new Json();
  if (!json.is_object()) return *kNull;
  const auto member = json.find(name);
  return member == json.end() ? *kNull : *member;
}

// `value`, with null for each member that the shape has and `value` has not.
Json Fill(const Json& shape, const Json& value) {
  if (value.is_null() || !shape.is_object()) return value;
  Json result;
  for (const auto& member : shape.items()) {
    result[member.key()] = Fill(member.value(), Member(value, member.key()));
  }
  return result;
}

// Puts what `config` has at `path` into `patch`. False: there is no such field.
bool Add(absl::Span<const std::string> path, const Json& shape, const Json& config, Json& patch) {
  const std::string& name = path[0];
  if (!shape.is_object() || !shape.contains(name)) return false;
  const Json& value = Member(config, name);
  if (path.size() == 1) {
    patch[name] = Fill(shape[name], value);
    return true;
  }
  Json part = patch.contains(name) ? patch[name] : Json::object();
  const bool cleared = part.is_null();
  if (!Add(path.subspan(1), shape[name], value, part)) return false;
  if (!cleared) patch[name] = std::move(part);
  return true;
}

absl::StatusOr<Json> MakePatch(const Json& shape, const absl::StatusOr<Json>& config,
                               const FieldMask& mask) {
  if (!config.ok()) return WithContext(config.status(), "config");
  Json patch = Json::object();
  for (const std::string& path : mask.paths()) {
    const std::vector<std::string> names = absl::StrSplit(path, '.');
    if (!Add(names, shape, *config, patch)) {
      return MakeError(ErrorCode::kInvalid,
                       absl::StrCat("update_mask names \"", absl::CHexEscape(path),
                                    "\", which is no field of the configuration"));
    }
  }
  return patch;
}

}  // namespace

absl::StatusOr<Json> ToPatch(const rpc::v1::StreamConfig& config, const FieldMask& mask) {
  return MakePatch(StreamShape(), ToJson(config), mask);
}

absl::StatusOr<Json> ToPatch(const rpc::v1::BasinConfig& config, const FieldMask& mask) {
  absl::StatusOr<Json> patch = MakePatch(BasinShape(), ToJson(config), mask);
  if (!patch.ok()) return patch;
  for (const char* name : {"create_stream_on_append", "create_stream_on_read"}) {
    if (patch->contains(name) && (*patch)[name].is_null()) {
      return MakeError(ErrorCode::kInvalid,
                       absl::StrCat("config.", name, " is unset; it must be true or false"));
    }
  }
  return patch;
}

}  // namespace s2::gateway
