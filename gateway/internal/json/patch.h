// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_JSON_PATCH_H_
#define S2_GATEWAY_INTERNAL_JSON_PATCH_H_

#include <google/protobuf/field_mask.pb.h>

#include "absl/status/statusor.h"
#include "s2/gateway/internal/json/value.h"
#include "s2/rpc/v1/config.pb.h"

// Changes of configurations as JSON merge patches (RFC 7396). A patch has the fields that the mask
// names, with their values, or null for a field that is unset; it has nothing of the other fields.
namespace s2::gateway {

// Errors, of code kInvalid: a path of the mask is no field, the timestamping mode is unspecified.
absl::StatusOr<Json> ToPatch(const rpc::v1::StreamConfig& config,
                             const google::protobuf::FieldMask& mask);

// Errors: the same, and a boolean that the mask names is unset, which S2 has no null for.
absl::StatusOr<Json> ToPatch(const rpc::v1::BasinConfig& config,
                             const google::protobuf::FieldMask& mask);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_JSON_PATCH_H_
