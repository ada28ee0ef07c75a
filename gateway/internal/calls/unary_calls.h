// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_CALLS_UNARY_CALLS_H_
#define S2_GATEWAY_INTERNAL_CALLS_UNARY_CALLS_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "s2/gateway/internal/calls/core.h"
#include "s2/gateway/internal/http2/http2.h"
#include "s2/gateway/internal/json/answers.h"
#include "s2/rpc/v1/config.pb.h"

// The kinds of unary calls, by what S2 answers. Each function starts a call whose request is this,
// or which ends at once with what is wrong with it. A call has the options' timeout, and what it
// sends is compressed as the options say. The response lives until the call ends.
namespace s2::gateway {

// Makes the call's response of the JSON that came.
using ReadJson = absl::AnyInvocable<absl::Status(const http2::Response&, absl::string_view json)>;

// Sends `json`, or no body if that is empty, and has `read` make the response of the JSON that
// comes.
grpc::ServerUnaryReactor* CallForJson(std::shared_ptr<Core> core,
                                      absl::StatusOr<http2::Request> request,
                                      const absl::StatusOr<std::string>& json, ReadJson read);

// The same, where the JSON that comes is the response.
template <typename Response>
grpc::ServerUnaryReactor* CallForJson(std::shared_ptr<Core> core,
                                      absl::StatusOr<http2::Request> request,
                                      const absl::StatusOr<std::string>& json, Response* response) {
  return CallForJson(std::move(core), std::move(request), json,
                     ReadJson([response](const http2::Response&, absl::string_view text) {
                       return ReadAnswer(text, *response);
                     }));
}

// What a request to create or to ensure something did.
rpc::v1::ProvisionResult GetProvisionResult(const http2::Response& response);

// The same, where the JSON that comes is the `info` of what was created or ensured.
template <typename Response>
grpc::ServerUnaryReactor* CallForProvision(std::shared_ptr<Core> core,
                                           absl::StatusOr<http2::Request> request,
                                           const absl::StatusOr<std::string>& json,
                                           Response* response) {
  return CallForJson(std::move(core), std::move(request), json,
                     ReadJson([response](const http2::Response& head, absl::string_view text) {
                       response->set_result(GetProvisionResult(head));
                       return ReadAnswer(text, *response->mutable_info());
                     }));
}

// Sends no body, and expects an answer of this status, whose body is of no interest.
grpc::ServerUnaryReactor* CallForStatus(std::shared_ptr<Core> core,
                                        absl::StatusOr<http2::Request> request, int status);

// Sends a message as it is, or no body if it is null, and passes on the message that comes. The
// call may take `wait` longer than others.
grpc::ServerUnaryReactor* CallForMessage(std::shared_ptr<Core> core,
                                         absl::StatusOr<http2::Request> request,
                                         const grpc::ByteBuffer* message, absl::Duration wait,
                                         grpc::ByteBuffer* response);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_CALLS_UNARY_CALLS_H_
