// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/json/config.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "s2/gateway/internal/json/value.h"
#include "s2/retry/error.h"

namespace s2::gateway {
namespace {

using rpc::v1::BasinConfig;
using rpc::v1::RetentionPolicy;
using rpc::v1::StreamConfig;
using rpc::v1::TimestampingConfig;
using rpc::v1::TimestampingMode;

absl::StatusOr<Json> TimestampingToJson(const TimestampingConfig& config) {
  Json json = Json::object();
  if (config.has_mode()) {
    const std::string mode = EnumText(config.mode());
    if (mode.empty()) {
      return MakeError(ErrorCode::kInvalid,
                       absl::StrCat("timestamping.mode is ", static_cast<int>(config.mode()),
                                    "; it must be a mode other than unspecified"));
    }
    json["mode"] = mode;
  }
  if (config.has_uncapped()) json["uncapped"] = config.uncapped();
  return json;
}

void Read(const JsonReader& json, RetentionPolicy& policy) {
  if (const auto age = json.Optional("age")) {
    policy.set_age(age->Uint64());
  } else if (json.Optional("infinite")) {
    policy.mutable_infinite();
  } else {
    json.Fail("{\"age\": SECONDS} or {\"infinite\": {}}");
  }
}

void Read(const JsonReader& json, TimestampingConfig& config) {
  if (const auto text = json.Optional("mode")) {
    const auto mode = EnumFromText<TimestampingMode>(text->String());
    if (mode == rpc::v1::TIMESTAMPING_MODE_UNSPECIFIED) text->Fail("a timestamping mode");
    config.set_mode(mode);
  }
  if (const auto uncapped = json.Optional("uncapped")) config.set_uncapped(uncapped->Bool());
}

}  // namespace

absl::StatusOr<Json> ToJson(const StreamConfig& config) {
  Json json = Json::object();
  if (config.has_storage_class()) json["storage_class"] = config.storage_class();
  switch (config.retention_policy().policy_case()) {
    case RetentionPolicy::kAge:
      json["retention_policy"]["age"] = config.retention_policy().age();
      break;
    case RetentionPolicy::kInfinite:
      json["retention_policy"]["infinite"] = Json::object();
      break;
    case RetentionPolicy::POLICY_NOT_SET:
      break;
  }
  if (config.has_timestamping()) {
    absl::StatusOr<Json> timestamping = TimestampingToJson(config.timestamping());
    if (!timestamping.ok()) return timestamping.status();
    json["timestamping"] = *std::move(timestamping);
  }
  // An empty delete_on_empty is left out, since to S2 it would mean 0 seconds.
  if (config.delete_on_empty().has_min_age_secs()) {
    json["delete_on_empty"]["min_age_secs"] = config.delete_on_empty().min_age_secs();
  }
  return json;
}

absl::StatusOr<Json> ToJson(const BasinConfig& config) {
  Json json = Json::object();
  if (config.has_default_stream_config()) {
    absl::StatusOr<Json> defaults = ToJson(config.default_stream_config());
    if (!defaults.ok()) return WithContext(defaults.status(), "default_stream_config");
    json["default_stream_config"] = *std::move(defaults);
  }
  if (config.has_stream_cipher()) json["stream_cipher"] = config.stream_cipher();
  if (config.has_create_stream_on_append()) {
    json["create_stream_on_append"] = config.create_stream_on_append();
  }
  if (config.has_create_stream_on_read()) {
    json["create_stream_on_read"] = config.create_stream_on_read();
  }
  return json;
}

void Read(const JsonReader& json, StreamConfig& config) {
  if (const auto value = json.Optional("storage_class")) {
    config.set_storage_class(value->String());
  }
  if (const auto value = json.Optional("retention_policy")) {
    Read(*value, *config.mutable_retention_policy());
  }
  if (const auto value = json.Optional("timestamping")) {
    Read(*value, *config.mutable_timestamping());
  }
  if (const auto value = json.Optional("delete_on_empty")) {
    const auto min_age_secs = value->Optional("min_age_secs");
    config.mutable_delete_on_empty()->set_min_age_secs(min_age_secs ? min_age_secs->Uint64() : 0);
  }
}

void Read(const JsonReader& json, BasinConfig& config) {
  if (const auto value = json.Optional("default_stream_config")) {
    Read(*value, *config.mutable_default_stream_config());
  }
  if (const auto value = json.Optional("stream_cipher")) {
    config.set_stream_cipher(value->String());
  }
  if (const auto value = json.Optional("create_stream_on_append")) {
    config.set_create_stream_on_append(value->Bool());
  }
  if (const auto value = json.Optional("create_stream_on_read")) {
    config.set_create_stream_on_read(value->Bool());
  }
}

}  // namespace s2::gateway
