// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/calls/services.h"
#include "s2/gateway/internal/calls/target.h"
#include "s2/gateway/internal/calls/unary_calls.h"
#include "s2/server/internal/read_request.h"
#include "s2/wire/limits.h"

namespace s2::gateway {

grpc::ServerUnaryReactor* StreamService::CheckTail(grpc::CallbackServerContext* context,
                                                   const rpc::v1::CheckTailRequest*,
                                                   rpc::v1::CheckTailResponse* response) {
  return CallForJson(core_, MakeStreamRequest(core_->options(), *context, {"GET", "/records/tail"}),
                     "", response);
}

grpc::ServerUnaryReactor* StreamService::Append(grpc::CallbackServerContext* context,
                                                const grpc::ByteBuffer* request,
                                                grpc::ByteBuffer* response) {
  return CallForMessage(core_, MakeAppendRequest(core_->options(), *context), request,
                        absl::ZeroDuration(), response);
}

grpc::ServerUnaryReactor* StreamService::Read(grpc::CallbackServerContext* context,
                                              const grpc::ByteBuffer* request,
                                              grpc::ByteBuffer* response) {
  const absl::StatusOr<rpc::v1::ReadRequest> read = server::ParseReadRequest(*request);
  if (!read.ok()) return CallForMessage(core_, read.status(), nullptr, {}, response);
  return CallForMessage(core_, MakeReadRequest(core_->options(), *context, *read), nullptr,
                        wire::UnaryWait(read->wait()), response);
}

}  // namespace s2::gateway
