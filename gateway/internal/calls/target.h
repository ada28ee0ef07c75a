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

// Where a call goes, and what it says there: from the options and the call's metadata to the
// request, but for what belongs to its body.
namespace s2::gateway {

// The path and query behind "/v1".
struct Resource {
  std::string method;
  std::string path;
};

// A request for the account. Error, of code kInvalid, here and below: the access token would go to
// another machine in the clear.
absl::StatusOr<http2::Request> MakeAccountRequest(const GatewayOptions& options,
                                                  const grpc::ServerContextBase& context,
                                                  const Resource& resource);

// For the basin that the metadata name. Errors: kBadHeader.
absl::StatusOr<http2::Request> MakeBasinRequest(const GatewayOptions& options,
                                                const grpc::ServerContextBase& context,
                                                const Resource& resource);

// For the stream that the metadata name; the path is that behind the stream. Errors: kBadHeader,
// kBadPath.
absl::StatusOr<http2::Request> MakeStreamRequest(const GatewayOptions& options,
                                                 const grpc::ServerContextBase& context,
                                                 const Resource& resource);

// For its records: with encryption key, and the configuration of a stream that this creates.
// Errors: these, and kInvalid.
absl::StatusOr<http2::Request> MakeAppendRequest(const GatewayOptions& options,
                                                 const grpc::ServerContextBase& context);
absl::StatusOr<http2::Request> MakeReadRequest(const GatewayOptions& options,
                                               const grpc::ServerContextBase& context,
                                               const rpc::v1::ReadRequest& read);

// The same with a request token, if there is one. Error, of code kInvalid: it is too long, or no
// value of a header.
absl::StatusOr<http2::Request> WithRequestToken(absl::StatusOr<http2::Request> request,
                                                const std::string& token);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_CALLS_TARGET_H_
