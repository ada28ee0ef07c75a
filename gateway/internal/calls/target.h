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
#include "s2/gateway/internal/http2/http.h"
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
absl::StatusOr<HttpRequest> MakeAccountRequest(const GatewayOptions& options,
                                               const grpc::ServerContextBase& context,
                                               const Resource& resource);

// For the basin that the metadata name. Errors: kBadHeader.
absl::StatusOr<HttpRequest> MakeBasinRequest(const GatewayOptions& options,
                                             const grpc::ServerContextBase& context,
                                             const Resource& resource);

// For the stream that the metadata name; the path is that behind the stream. Errors: kBadHeader,
// kBadPath.
absl::StatusOr<HttpRequest> MakeStreamRequest(const GatewayOptions& options,
                                              const grpc::ServerContextBase& context,
                                              const Resource& resource);

// For its records: with encryption key, and the configuration of a stream that this creates.
// Errors: these, and kInvalid.
absl::StatusOr<HttpRequest> MakeAppendRequest(const GatewayOptions& options,
                                              const grpc::ServerContextBase& context);
absl::StatusOr<HttpRequest> MakeReadRequest(const GatewayOptions& options,
                                            const grpc::ServerContextBase& context,
                                            const rpc::v1::ReadRequest& read);

// The same with a request token, if there is one. Error, of code kInvalid: it is too long, or no
// value of a header.
absl::StatusOr<HttpRequest> WithRequestToken(absl::StatusOr<HttpRequest> request,
                                             const std::string& token);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_CALLS_TARGET_H_
