// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_JSON_RESPONSE_ERROR_H_
#define S2_GATEWAY_INTERNAL_JSON_RESPONSE_ERROR_H_

#include <grpcpp/support/slice.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "s2/gateway/internal/http2/http2.h"

// What S2 says when it refuses, as errors with an ErrorInfo. What an error means,
// retry/error_table.h says: by S2's code, if that comes under the HTTP status that is its own, else
// by the status alone. So an answer that cannot be read, or is not S2's, is never called free of
// side effects. Of S2's message, 1 KiB is kept.
namespace s2::gateway {

// Of the body of a refusal, more than this is not worth keeping.
inline constexpr size_t kMaxErrorBodyBytes = 64 * 1024;

// The error that a response of another status than 2xx is, with what there is of its body.
absl::Status ErrorFromResponse(const http2::Response& response, absl::string_view body);

// The error that the body of a terminal frame is: two bytes of HTTP status, big-endian, then what
// the body of a response of this status would be.
absl::Status ErrorFromTerminalFrame(const grpc::Slice& body);

// The error, of code kInvalidAnswer, that a response of status 2xx is if S2 does not give such a
// response to this request.
absl::Status UnexpectedResponse(const http2::Response& response, absl::string_view body);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_JSON_RESPONSE_ERROR_H_
