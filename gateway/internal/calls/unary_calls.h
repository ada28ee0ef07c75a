// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_CALLS_UNARY_CALLS_H_
#define S2_GATEWAY_INTERNAL_CALLS_UNARY_CALLS_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "s2/gateway/internal/calls/core.h"
#include "s2/gateway/internal/calls/target.h"
#include "s2/gateway/internal/http2/http2.h"
#include "s2/gateway/internal/json/answers.h"
#include "s2/rpc/v1/config.pb.h"

// The kinds of unary calls, by what S2 answers. Each StartCall starts a call, or one that ends at
// once with what is wrong with it. A call has the options' timeout, and what it sends is compressed
// as the options say. The response lives until the call ends.
namespace s2::gateway {

// The path and query of a request behind "/v1", or what is wrong with a name in it.
using Path = absl::StatusOr<std::string>;

// What is asked of S2's HTTP API.
struct Question {
  const char* method;
  Path path;
  // In JSON, or what JSON has no word for. Empty: the request has no body.
  absl::StatusOr<std::string> body = "";
  // Empty: there is none.
  std::string request_token = "";
};

// S2's answer is the response, in JSON.
struct JsonOperation {
  Question question;
};
// S2's answer is the `info` of the response, in JSON: what was created or ensured.
struct ProvisionOperation {
  Question question;
};
// S2's answer is this status; its body is of no interest.
struct StatusOperation {
  Question question;
  int status;
};

// A call that a client makes, and where it goes: `make_request` is MakeAccountRequest,
// MakeBasinRequest or MakeStreamRequest.
struct ClientCall {
  std::shared_ptr<Core> core;
  grpc::CallbackServerContext* context;
  decltype(&MakeAccountRequest) make_request;
};

// Makes the call's response of the JSON that came.
using ReadJson = absl::AnyInvocable<absl::Status(const http2::Response&, absl::string_view json)>;

grpc::ServerUnaryReactor* StartCall(const ClientCall& call, const Question& question,
                                    ReadJson read);

template <typename Response>
grpc::ServerUnaryReactor* StartCall(const ClientCall& call, const JsonOperation& operation,
                                    Response* response) {
  return StartCall(call, operation.question,
                   ReadJson([response](const http2::Response&, absl::string_view json) {
                     return ReadAnswer(json, *response);
                   }));
}

// What a request to create or to ensure something did.
rpc::v1::ProvisionResult GetProvisionResult(const http2::Response& response);

template <typename Response>
grpc::ServerUnaryReactor* StartCall(const ClientCall& call, const ProvisionOperation& operation,
                                    Response* response) {
  return StartCall(call, operation.question,
                   ReadJson([response](const http2::Response& head, absl::string_view json) {
                     response->set_result(GetProvisionResult(head));
                     return ReadAnswer(json, *response->mutable_info());
                   }));
}

grpc::ServerUnaryReactor* StartCall(const ClientCall& call, const StatusOperation& operation,
                                    const void* response);

// Sends a message as it is, or no body if it is null, and passes on the message that comes. The
// call may take `wait` longer than others.
grpc::ServerUnaryReactor* StartRecordsCall(std::shared_ptr<Core> core,
                                           grpc::CallbackServerContext* context,
                                           absl::StatusOr<http2::Request> request,
                                           const grpc::ByteBuffer* message, absl::Duration wait,
                                           grpc::ByteBuffer* response);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_CALLS_UNARY_CALLS_H_
