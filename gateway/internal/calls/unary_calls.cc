// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/calls/unary_calls.h"

#include "s2/gateway/internal/calls/unary_call.h"
#include "s2/gateway/internal/http2/compression.h"
#include "s2/gateway/internal/http2/slices.h"
#include "s2/gateway/internal/json/response_error.h"
#include "s2/retry/error.h"
#include "s2/retry/grpc_status.h"

namespace s2::gateway {
namespace {

constexpr char kJson[] = "application/json";
constexpr char kProto[] = "application/protobuf";

// A request with this body.
UnaryExchange MakeExchange(const GatewayOptions& options, absl::StatusOr<http2::Request> request,
                           http2::Slices body, const char* content_type) {
  UnaryExchange exchange;
  exchange.request = std::move(request);
  exchange.timeout = options.request_timeout;
  if (!exchange.request.ok()) return exchange;
  http2::CodedBody coded = http2::Encode(std::move(body), ToCoding(options.upstream.compression));
  exchange.body = std::move(coded.slices);
  http2::Headers& headers = exchange.request->headers;
  headers.emplace_back("content-type", content_type);
  if (coded.coding != http2::Coding::kNone) {
    headers.emplace_back("content-encoding", http2::CodingName(coded.coding));
  }
  return exchange;
}

// A request without a body.
UnaryExchange MakeExchange(const GatewayOptions& options, absl::StatusOr<http2::Request> request) {
  UnaryExchange exchange;
  exchange.request = std::move(request);
  exchange.timeout = options.request_timeout;
  if (exchange.request.ok()) exchange.request->no_body = true;
  return exchange;
}

// The request that asks this, where the call goes; or what is wrong with it.
absl::StatusOr<http2::Request> MakeRequest(const ClientCall& call, const Question& question) {
  if (!question.path.ok()) return question.path.status();
  absl::StatusOr<http2::Request> request = WithRequestToken(
      call.make_request(call.core->options(), *call.context, {question.method, *question.path}),
      question.request_token);
  if (request.ok() && !question.body.ok()) return question.body.status();
  return request;
}

}  // namespace

grpc::ServerUnaryReactor* StartCall(const ClientCall& call, const Question& question,
                                    ReadJson read) {
  absl::StatusOr<http2::Request> request = MakeRequest(call, question);
  if (request.ok()) request->headers.emplace_back("accept", kJson);
  const GatewayOptions& options = call.core->options();
  UnaryExchange exchange =
      question.body.ok() && !question.body->empty()
          ? MakeExchange(options, std::move(request), {grpc::Slice(*question.body)}, kJson)
          : MakeExchange(options, std::move(request));
  exchange.answer = [read = std::move(read)](const http2::Response& head,
                                             http2::Slices body) mutable {
    const std::string text = http2::Join(body);
    if (!http2::HasContentType(head, kJson)) return UnexpectedResponse(head, text);
    return WithContext(read(head, text), "S2's answer");
  };
  return UnaryCall::Start(call.core, call.context, std::move(exchange));
}

rpc::v1::ProvisionResult GetProvisionResult(const http2::Response& response) {
  const absl::string_view result = http2::GetHeader(response.headers, "s2-provision-result");
  if (result == "created") return rpc::v1::PROVISION_RESULT_CREATED;
  if (result == "updated") return rpc::v1::PROVISION_RESULT_UPDATED;
  if (result == "noop") return rpc::v1::PROVISION_RESULT_NOOP;
  return response.status == 201 ? rpc::v1::PROVISION_RESULT_CREATED
                                : rpc::v1::PROVISION_RESULT_UPDATED;
}

grpc::ServerUnaryReactor* StartCall(const ClientCall& call, const StatusOperation& operation,
                                    const void*) {
  UnaryExchange exchange =
      MakeExchange(call.core->options(), MakeRequest(call, operation.question));
  exchange.answer = [status = operation.status](const http2::Response& head,
                                                const http2::Slices& body) {
    return head.status == status ? absl::OkStatus() : UnexpectedResponse(head, http2::Join(body));
  };
  return UnaryCall::Start(call.core, call.context, std::move(exchange));
}

grpc::ServerUnaryReactor* StartRecordsCall(std::shared_ptr<Core> core,
                                           grpc::CallbackServerContext* context,
                                           absl::StatusOr<http2::Request> request,
                                           const grpc::ByteBuffer* message, absl::Duration wait,
                                           grpc::ByteBuffer* response) {
  http2::Slices body;
  if (message != nullptr) {
    if (grpc::Status s = message->Dump(&body); !s.ok()) request = FromGrpc(s);
  }
  if (request.ok()) request->headers.emplace_back("accept", kProto);
  UnaryExchange exchange = message != nullptr ? MakeExchange(core->options(), std::move(request),
                                                             std::move(body), kProto)
                                              : MakeExchange(core->options(), std::move(request));
  exchange.timeout += wait;
  exchange.answer = [response](const http2::Response& head, const http2::Slices& body) {
    if (!http2::HasContentType(head, kProto)) return UnexpectedResponse(head, http2::Join(body));
    *response = grpc::ByteBuffer(body.data(), body.size());
    return absl::OkStatus();
  };
  return UnaryCall::Start(std::move(core), context, std::move(exchange));
}

}  // namespace s2::gateway
