// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_JSON_RESPONSE_ERROR_H_
#define S2_GATEWAY_INTERNAL_JSON_RESPONSE_ERROR_H_

#include <grpcpp/support/slice.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "s2/gateway/internal/http2/http2.h"

// What S2 says when it refuses, as errors with an ErrorInfo. What they mean is a matter of
// retry/error_table.h: S2's code under its own status, else the status alone. So an answer that
// cannot be read, or is not S2's, is never called free of side effects. A message is kept up to
// 1 KiB.
namespace s2::gateway {

// More of the body of a refusal is not worth keeping.
inline constexpr size_t kMaxErrorBodyBytes = 64 * 1024;

// A response of another status than 2xx, with what there is of its body.
absl::Status ErrorFromResponse(const http2::Response& response, absl::string_view body);

// The body of a terminal frame: two bytes of status, big-endian, then what the body of a response
// of this status would be.
absl::Status ErrorFromTerminalFrame(const grpc::Slice& body);

// A response of status 2xx that S2 does not give to this request, of code kInvalidAnswer.
absl::Status UnexpectedResponse(const http2::Response& response, absl::string_view body);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_JSON_RESPONSE_ERROR_H_
