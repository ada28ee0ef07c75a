// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_JSON_CONFIG_H_
#define S2_GATEWAY_INTERNAL_JSON_CONFIG_H_

#include "absl/status/statusor.h"
#include "s2/gateway/internal/json/value.h"
#include "s2/rpc/v1/config.pb.h"

// Configurations of basins and streams in S2's JSON.
namespace s2::gateway {

// The fields that are set. Error, of code kInvalid: the timestamping mode is unspecified.
absl::StatusOr<Json> ToJson(const rpc::v1::StreamConfig& config);
absl::StatusOr<Json> ToJson(const rpc::v1::BasinConfig& config);

void Read(const JsonReader& json, rpc::v1::StreamConfig& config);
void Read(const JsonReader& json, rpc::v1::BasinConfig& config);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_JSON_CONFIG_H_
