// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/emulator/internal/config_resolve.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "s2/retry/error.h"

namespace s2::emulator {
namespace {

using rpc::v1::BasinConfig;
using rpc::v1::StreamConfig;

constexpr uint64_t kDefaultRetentionSeconds = 7 * 24 * 60 * 60;

absl::Status Invalid(absl::string_view what) { return MakeError(ErrorCode::kInvalid, what); }

absl::Status UnknownPath(absl::string_view path) {
  return Invalid(absl::StrCat("update_mask names \"", absl::CHexEscape(path),
                              "\", which is no field of the configuration"));
}

// Replaces one field of `config`. False: there is no such field.
bool UpdateField(absl::string_view path, const StreamConfig& update, StreamConfig& config) {
  if (path == "storage_class") {
    config.clear_storage_class();
    if (update.has_storage_class()) config.set_storage_class(update.storage_class());
  } else if (path == "retention_policy") {
    *config.mutable_retention_policy() = update.retention_policy();
  } else if (path == "timestamping") {
    *config.mutable_timestamping() = update.timestamping();
  } else if (path == "timestamping.mode") {
    config.mutable_timestamping()->clear_mode();
    if (update.timestamping().has_mode()) {
      config.mutable_timestamping()->set_mode(update.timestamping().mode());
    }
  } else if (path == "timestamping.uncapped") {
    config.mutable_timestamping()->clear_uncapped();
    if (update.timestamping().has_uncapped()) {
      config.mutable_timestamping()->set_uncapped(update.timestamping().uncapped());
    }
  } else if (path == "delete_on_empty" || path == "delete_on_empty.min_age_secs") {
    *config.mutable_delete_on_empty() = update.delete_on_empty();
  } else {
    return false;
  }
  return true;
}

absl::Status UpdateFlag(absl::string_view path, bool is_set) {
  if (is_set) return absl::OkStatus();
  return Invalid(absl::StrCat("config.", path, " is unset; it must be true or false"));
}

absl::Status UpdateField(absl::string_view path, const BasinConfig& update, BasinConfig& config) {
  if (path == "default_stream_config") {
    *config.mutable_default_stream_config() = update.default_stream_config();
    return absl::OkStatus();
  }
  if (path == "stream_cipher") {
    config.clear_stream_cipher();
    if (update.has_stream_cipher()) config.set_stream_cipher(update.stream_cipher());
    return absl::OkStatus();
  }
  if (path == "create_stream_on_append") {
    config.set_create_stream_on_append(update.create_stream_on_append());
    return UpdateFlag(path, update.has_create_stream_on_append());
  }
  if (path == "create_stream_on_read") {
    config.set_create_stream_on_read(update.create_stream_on_read());
    return UpdateFlag(path, update.has_create_stream_on_read());
  }
  absl::string_view rest = path;
  if (absl::ConsumePrefix(&rest, "default_stream_config.") &&
      UpdateField(rest, update.default_stream_config(), *config.mutable_default_stream_config())) {
    return absl::OkStatus();
  }
  return UnknownPath(path);
}

}  // namespace

absl::Status ValidateConfig(const StreamConfig& config) {
  if (config.retention_policy().has_age() && config.retention_policy().age() == 0) {
    return Invalid("retention_policy.age is 0; it must be above 0 seconds");
  }
  const auto mode = config.timestamping().mode();
  if (config.timestamping().has_mode() && (mode == rpc::v1::TIMESTAMPING_MODE_UNSPECIFIED ||
                                           !rpc::v1::TimestampingMode_IsValid(mode))) {
    return Invalid(absl::StrCat("timestamping.mode is ", static_cast<int>(mode),
                                "; it must be a mode other than unspecified"));
  }
  return absl::OkStatus();
}

absl::Status ValidateConfig(const BasinConfig& config) {
  if (config.has_stream_cipher() && config.stream_cipher() != "aegis-256" &&
      config.stream_cipher() != "aes-256-gcm") {
    return Invalid(absl::StrCat("stream_cipher is \"", absl::CHexEscape(config.stream_cipher()),
                                "\"; it must be \"aegis-256\" or \"aes-256-gcm\""));
  }
  return ValidateConfig(config.default_stream_config());
}

StreamConfig Normalize(const StreamConfig& config) {
  StreamConfig result = config;
  const auto policy = config.retention_policy().policy_case();
  if (policy == rpc::v1::RetentionPolicy::POLICY_NOT_SET) result.clear_retention_policy();
  if (!config.timestamping().has_mode() && !config.timestamping().has_uncapped()) {
    result.clear_timestamping();
  }
  if (!config.delete_on_empty().has_min_age_secs()) result.clear_delete_on_empty();
  return result;
}

BasinConfig Normalize(const BasinConfig& config) {
  BasinConfig result = config;
  *result.mutable_default_stream_config() = Normalize(config.default_stream_config());
  if (result.default_stream_config().ByteSizeLong() == 0) result.clear_default_stream_config();
  result.set_create_stream_on_append(config.create_stream_on_append());
  result.set_create_stream_on_read(config.create_stream_on_read());
  return result;
}

StreamConfig Resolve(const StreamConfig& config, const StreamConfig& basin_defaults) {
  StreamConfig result;
  result.set_storage_class("express");
  result.mutable_retention_policy()->set_age(kDefaultRetentionSeconds);
  result.mutable_timestamping()->set_mode(rpc::v1::TIMESTAMPING_MODE_CLIENT_PREFER);
  result.mutable_timestamping()->set_uncapped(false);
  result.mutable_delete_on_empty()->set_min_age_secs(0);
  result.MergeFrom(Normalize(basin_defaults));
  result.MergeFrom(Normalize(config));
  return result;
}

absl::Status Update(const StreamConfig& update, const google::protobuf::FieldMask& mask,
                    StreamConfig& config) {
  StreamConfig result = config;
  for (const std::string& path : mask.paths()) {
    if (!UpdateField(path, update, result)) return UnknownPath(path);
  }
  if (absl::Status s = ValidateConfig(result); !s.ok()) return s;
  config = Normalize(result);
  return absl::OkStatus();
}

absl::Status Update(const BasinConfig& update, const google::protobuf::FieldMask& mask,
                    BasinConfig& config) {
  BasinConfig result = config;
  for (const std::string& path : mask.paths()) {
    if (absl::Status s = UpdateField(path, update, result); !s.ok()) return s;
  }
  if (absl::Status s = ValidateConfig(result); !s.ok()) return s;
  config = Normalize(result);
  return absl::OkStatus();
}

}  // namespace s2::emulator
