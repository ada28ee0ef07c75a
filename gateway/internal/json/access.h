// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_JSON_ACCESS_H_
#define S2_GATEWAY_INTERNAL_JSON_ACCESS_H_

#include "absl/status/statusor.h"
#include "s2/gateway/internal/json/value.h"
#include "s2/rpc/v1/account.pb.h"

// Access tokens in S2's JSON.
namespace s2::gateway {

// Errors, of code kInvalid: a time is out of range, a set of resources has neither `exact` nor
// `prefix`, an operation is unspecified.
absl::StatusOr<Json> ToJson(const rpc::v1::AccessTokenInfo& info);

// An operation that is not known here reads as OPERATION_UNSPECIFIED.
void Read(const JsonReader& json, rpc::v1::AccessTokenInfo& info);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_JSON_ACCESS_H_
