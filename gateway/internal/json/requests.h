// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_JSON_REQUESTS_H_
#define S2_GATEWAY_INTERNAL_JSON_REQUESTS_H_

#include <string>

#include "absl/status/statusor.h"
#include "s2/rpc/v1/account.pb.h"
#include "s2/rpc/v1/basin.pb.h"
#include "s2/rpc/v1/config.pb.h"

// The bodies of S2's requests in JSON. Names are left to S2 to judge. Errors, of code kInvalid:
// what JSON has no word for.
namespace s2::gateway {

absl::StatusOr<std::string> MakeBody(const rpc::v1::CreateBasinRequest& request);
// Empty where everything is to be the default.
absl::StatusOr<std::string> MakeBody(const rpc::v1::EnsureBasinRequest& request);
absl::StatusOr<std::string> MakeBody(const rpc::v1::ReconfigureBasinRequest& request);
absl::StatusOr<std::string> MakeBody(const rpc::v1::IssueAccessTokenRequest& request);
absl::StatusOr<std::string> MakeBody(const rpc::v1::SetDefaultLocationRequest& request);

absl::StatusOr<std::string> MakeBody(const rpc::v1::CreateStreamRequest& request);
// Empty where everything is to be the default.
absl::StatusOr<std::string> MakeBody(const rpc::v1::EnsureStreamRequest& request);
absl::StatusOr<std::string> MakeBody(const rpc::v1::ReconfigureStreamRequest& request);

// The value of the header `s2-stream-config`.
absl::StatusOr<std::string> MakeHeader(const rpc::v1::StreamConfig& config);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_JSON_REQUESTS_H_
