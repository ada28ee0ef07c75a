// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/calls/append_session.h"
#include "s2/gateway/internal/calls/read_session.h"
#include "s2/gateway/internal/calls/services.h"
#include "s2/gateway/internal/calls/target.h"
#include "s2/server/internal/read_request.h"

namespace s2::gateway {
namespace {

// With its content type, which makes it a session, a read's too.
absl::StatusOr<http2::Request> AsSession(absl::StatusOr<http2::Request> request) {
  if (request.ok()) request->headers.emplace_back("content-type", kS2sContentType);
  return request;
}

}  // namespace

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StreamService::AppendSession(
    grpc::CallbackServerContext* context) {
  return gateway::AppendSession::Start(core_, context,
                                       AsSession(MakeAppendRequest(core_->options(), *context)));
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* StreamService::ReadSession(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  const absl::StatusOr<rpc::v1::ReadRequest> read = server::ParseReadRequest(*request);
  if (!read.ok()) return gateway::ReadSession::Start(core_, context, read.status());
  return gateway::ReadSession::Start(core_, context,
                                     AsSession(MakeReadRequest(core_->options(), *context, *read)));
}

}  // namespace s2::gateway
