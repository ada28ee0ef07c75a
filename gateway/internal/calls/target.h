// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_CALLS_TARGET_H_
#define S2_GATEWAY_INTERNAL_CALLS_TARGET_H_

#include <grpcpp/server_context.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "s2/gateway/gateway.h"
#include "s2/gateway/internal/http2/http2.h"
#include "s2/rpc/v1/stream.pb.h"

// Where a call goes, and what it says there. From the gateway's options and the metadata of a call,
// these functions make the request to S2, but for its body and the headers that describe that. They
// are thread safe.
namespace s2::gateway {

// What a request asks for: the method, and the path and query behind "/v1".
struct Resource {
  std::string method;
  std::string path;
};

// A request about the account. Error, of code kInvalid, as of all functions below: the access token
// would go to another machine in the clear.
absl::StatusOr<http2::Request> MakeAccountRequest(const GatewayOptions& options,
                                                  const grpc::ServerContextBase& context,
                                                  const Resource& resource);

// A request about the basin that the metadata name. More errors: kBadHeader.
absl::StatusOr<http2::Request> MakeBasinRequest(const GatewayOptions& options,
                                                const grpc::ServerContextBase& context,
                                                const Resource& resource);

// A request about the stream that the metadata name; the path is what follows the stream's. More
// errors: kBadHeader, kBadPath.
absl::StatusOr<http2::Request> MakeStreamRequest(const GatewayOptions& options,
                                                 const grpc::ServerContextBase& context,
                                                 const Resource& resource);

// Requests about the records of that stream: with the encryption key that the metadata have, and
// with the configuration for a stream that the request creates. More errors: kBadHeader, kBadPath,
// kInvalid.
absl::StatusOr<http2::Request> MakeAppendRequest(const GatewayOptions& options,
                                                 const grpc::ServerContextBase& context);
absl::StatusOr<http2::Request> MakeReadRequest(const GatewayOptions& options,
                                               const grpc::ServerContextBase& context,
                                               const rpc::v1::ReadRequest& read);

// The request with a header for this request token, unless that is empty. More errors, of code
// kInvalid: the token is too long, or cannot be the value of a header.
absl::StatusOr<http2::Request> WithRequestToken(absl::StatusOr<http2::Request> request,
                                                const std::string& token);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_CALLS_TARGET_H_
