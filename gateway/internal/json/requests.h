// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_JSON_REQUESTS_H_
#define S2_GATEWAY_INTERNAL_JSON_REQUESTS_H_

#include <string>

#include "absl/status/statusor.h"
#include "s2/rpc/v1/config.pb.h"

// Requests to S2 in JSON. Names are left to S2 to judge. Errors, of code kInvalid: what JSON has no
// word for.
namespace s2::gateway {

// The body of a request; empty where S2 takes none for "everything is to be the default".
// requests.cc lists the messages that `Request` may be.
template <typename Request>
absl::StatusOr<std::string> MakeBody(const Request& request);

// The value of the header `s2-stream-config`.
absl::StatusOr<std::string> MakeHeader(const rpc::v1::StreamConfig& config);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_JSON_REQUESTS_H_
