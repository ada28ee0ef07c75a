// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_JSON_METRICS_H_
#define S2_GATEWAY_INTERNAL_JSON_METRICS_H_

#include "s2/gateway/internal/json/value.h"
#include "s2/rpc/v1/account.pb.h"

// Metrics in S2's JSON.
namespace s2::gateway {

void Read(const JsonReader& json, rpc::v1::MetricSet& set);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_JSON_METRICS_H_
