// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_CONFORMANCE_CONFIGS_H_
#define S2_TESTS_CONFORMANCE_CONFIGS_H_

#include <google/protobuf/util/message_differencer.h>

#include <initializer_list>

#include "s2/rpc/v1/account.pb.h"
#include "s2/rpc/v1/basin.pb.h"
#include "s2/tests/conformance/conformance.h"

// Configurations, and what the control plane answers.
namespace s2::conformance {

using rpc::v1::BasinConfig;
using rpc::v1::StreamConfig;
using rpc::v1::TimestampingMode;

inline StreamConfig Age(uint64_t seconds) {
  StreamConfig config;
  config.mutable_retention_policy()->set_age(seconds);
  return config;
}

inline StreamConfig Infinite() {
  StreamConfig config;
  config.mutable_retention_policy()->mutable_infinite();
  return config;
}

inline StreamConfig Timestamping(TimestampingMode mode, bool uncapped = false) {
  StreamConfig config;
  config.mutable_timestamping()->set_mode(mode);
  config.mutable_timestamping()->set_uncapped(uncapped);
  return config;
}

inline StreamConfig MinAge(uint64_t seconds) {
  StreamConfig config;
  config.mutable_delete_on_empty()->set_min_age_secs(seconds);
  return config;
}

// All fields, none at its default.
inline StreamConfig Full() {
  StreamConfig config;
  config.set_storage_class("standard");
  config.MergeFrom(Age(3600));
  config.MergeFrom(Timestamping(rpc::v1::TIMESTAMPING_MODE_CLIENT_REQUIRE, true));
  config.MergeFrom(MinAge(300));
  return config;
}

// The system's defaults, under this.
inline StreamConfig Resolved(const StreamConfig& config = {}) {
  StreamConfig resolved;
  resolved.set_storage_class("express");
  resolved.MergeFrom(Age(7 * 24 * 60 * 60));
  resolved.MergeFrom(Timestamping(rpc::v1::TIMESTAMPING_MODE_CLIENT_PREFER));
  resolved.MergeFrom(MinAge(0));
  resolved.MergeFrom(config);
  return resolved;
}

inline BasinConfig Defaults(const StreamConfig& config) {
  BasinConfig basin;
  *basin.mutable_default_stream_config() = config;
  return basin;
}

inline rpc::v1::CreateBasinRequest BasinRequest(const std::string& name, const std::string& token,
                                                const BasinConfig& config) {
  rpc::v1::CreateBasinRequest request;
  request.set_basin(name);
  request.set_request_token(token);
  *request.mutable_config() = config;
  return request;
}

inline rpc::v1::CreateStreamRequest StreamRequest(const std::string& name, const std::string& token,
                                                  const StreamConfig& config) {
  rpc::v1::CreateStreamRequest request;
  request.set_stream(name);
  request.set_request_token(token);
  *request.mutable_config() = config;
  return request;
}

inline absl::StatusOr<BasinConfig> Reconfigure(const s2::Basin& basin,
                                               std::initializer_list<const char*> paths,
                                               const BasinConfig& config) {
  rpc::v1::ReconfigureBasinRequest request;
  request.set_basin(basin.name());
  *request.mutable_config() = config;
  for (const char* path : paths) request.mutable_update_mask()->add_paths(path);
  return TestClient().ReconfigureBasin(request);
}

inline absl::StatusOr<StreamConfig> Reconfigure(const s2::Stream& stream,
                                                std::initializer_list<const char*> paths,
                                                const StreamConfig& config) {
  rpc::v1::ReconfigureStreamRequest request;
  request.set_stream(stream.name());
  *request.mutable_config() = config;
  for (const char* path : paths) request.mutable_update_mask()->add_paths(path);
  return TestClient().Basin(stream.basin()).ReconfigureStream(request);
}

// What a server holds of a stream or a basin.
inline StreamConfig ConfigOf(const s2::Stream& stream) {
  return Must(TestClient().Basin(stream.basin()).GetStreamConfig(stream.name()));
}
inline BasinConfig ConfigOf(const s2::Basin& basin) {
  return Must(TestClient().GetBasinConfig(basin.name()));
}

// The same stream configuration; a field may be unset or at its default.
MATCHER_P(IsConfig, expected, "is " + expected.ShortDebugString()) {
  return google::protobuf::util::MessageDifferencer::Equivalent(arg, expected) &&
         arg.retention_policy().policy_case() == expected.retention_policy().policy_case();
}

}  // namespace s2::conformance

#endif  // S2_TESTS_CONFORMANCE_CONFIGS_H_
