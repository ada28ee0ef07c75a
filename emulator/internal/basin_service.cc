// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/emulator/internal/services.h"
#include "s2/emulator/internal/unary_call.h"
#include "s2/server/internal/call_metadata.h"

namespace s2::emulator {
namespace {

// Runs one of the operations on the call's basin and fills the response.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* Answer(
    const std::shared_ptr<Core>& core, grpc::CallbackServerContext* context, const char* rpc,
    absl::StatusOr<Response> (Account::*operation)(const std::string&, const Request&),
    const std::string& stream, const Request& request, Response* response) {
  const absl::StatusOr<std::string> basin = server::GetBasin(*context);
  const auto run = [&] {
    if (!basin.ok()) return basin.status();
    absl::StatusOr<Response> result = (core->account().*operation)(*basin, request);
    if (result.ok()) *response = *std::move(result);
    return result.status();
  };
  return AnswerUnary(core, context, {rpc, basin.value_or(""), stream, std::nullopt, nullptr},
                     {run, nullptr, nullptr});
}

}  // namespace

grpc::ServerUnaryReactor* BasinService::ListStreams(grpc::CallbackServerContext* context,
                                                    const rpc::v1::ListStreamsRequest* request,
                                                    rpc::v1::ListStreamsResponse* response) {
  return Answer(core_, context, "ListStreams", &Account::ListStreams, "", *request, response);
}

grpc::ServerUnaryReactor* BasinService::CreateStream(grpc::CallbackServerContext* context,
                                                     const rpc::v1::CreateStreamRequest* request,
                                                     rpc::v1::CreateStreamResponse* response) {
  return Answer(core_, context, "CreateStream", &Account::CreateStream, request->stream(), *request,
                response);
}

grpc::ServerUnaryReactor* BasinService::EnsureStream(grpc::CallbackServerContext* context,
                                                     const rpc::v1::EnsureStreamRequest* request,
                                                     rpc::v1::EnsureStreamResponse* response) {
  return Answer(core_, context, "EnsureStream", &Account::EnsureStream, request->stream(), *request,
                response);
}

grpc::ServerUnaryReactor* BasinService::GetStreamConfig(
    grpc::CallbackServerContext* context, const rpc::v1::GetStreamConfigRequest* request,
    rpc::v1::StreamConfig* response) {
  return Answer(core_, context, "GetStreamConfig", &Account::GetStreamConfig, request->stream(),
                *request, response);
}

grpc::ServerUnaryReactor* BasinService::ReconfigureStream(
    grpc::CallbackServerContext* context, const rpc::v1::ReconfigureStreamRequest* request,
    rpc::v1::StreamConfig* response) {
  return Answer(core_, context, "ReconfigureStream", &Account::ReconfigureStream, request->stream(),
                *request, response);
}

grpc::ServerUnaryReactor* BasinService::DeleteStream(grpc::CallbackServerContext* context,
                                                     const rpc::v1::DeleteStreamRequest* request,
                                                     rpc::v1::DeleteStreamResponse* response) {
  return Answer(core_, context, "DeleteStream", &Account::DeleteStream, request->stream(), *request,
                response);
}

}  // namespace s2::emulator
