// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <memory>
#include <utility>

#include "s2/gateway/internal/calls/append_session.h"
#include "s2/gateway/internal/calls/read_session.h"
#include "s2/gateway/internal/calls/services.h"
#include "s2/gateway/internal/calls/target.h"
#include "s2/gateway/internal/calls/unary_calls.h"
#include "s2/rpc/v1/stream.grpc.pb.h"
#include "s2/server/internal/read_request.h"
#include "s2/wire/limits.h"

namespace s2::gateway {
namespace {

// The same with the content type that makes a session of it, even where, as in a read, no body
// follows.
absl::StatusOr<http2::Request> AsSession(absl::StatusOr<http2::Request> request) {
  if (request.ok()) request->headers.emplace_back("content-type", kS2sContentType);
  return request;
}

// Messages that hold records pass through as they are, so these methods take and give bytes.
using RawStreamService = rpc::v1::StreamService::WithCallbackMethod_CheckTail<
    rpc::v1::StreamService::WithRawCallbackMethod_Append<
        rpc::v1::StreamService::WithRawCallbackMethod_Read<
            rpc::v1::StreamService::WithRawCallbackMethod_AppendSession<
                rpc::v1::StreamService::WithRawCallbackMethod_ReadSession<
                    rpc::v1::StreamService::Service>>>>>;

class StreamService final : public RawStreamService {
 public:
  explicit StreamService(std::shared_ptr<Core> core) : core_(std::move(core)) {}

  grpc::ServerUnaryReactor* CheckTail(grpc::CallbackServerContext* context,
                                      const rpc::v1::CheckTailRequest*,
                                      rpc::v1::CheckTailResponse* response) override {
    return StartCall({core_, context, &MakeStreamRequest}, JsonOperation{{"GET", "/records/tail"}},
                     response);
  }

  grpc::ServerUnaryReactor* Append(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override {
    return StartRecordsCall(core_, context, MakeAppendRequest(core_->options(), *context), request,
                            absl::ZeroDuration(), response);
  }

  grpc::ServerUnaryReactor* Read(grpc::CallbackServerContext* context,
                                 const grpc::ByteBuffer* request,
                                 grpc::ByteBuffer* response) override {
    const absl::StatusOr<rpc::v1::ReadRequest> read = server::ParseReadRequest(*request);
    if (!read.ok()) return StartRecordsCall(core_, context, read.status(), nullptr, {}, response);
    return StartRecordsCall(core_, context, MakeReadRequest(core_->options(), *context, *read),
                            nullptr, wire::UnaryWait(read->wait()), response);
  }

  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* AppendSession(
      grpc::CallbackServerContext* context) override {
    return gateway::AppendSession::Start(core_, context,
                                         AsSession(MakeAppendRequest(core_->options(), *context)));
  }

  grpc::ServerWriteReactor<grpc::ByteBuffer>* ReadSession(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) override {
    const absl::StatusOr<rpc::v1::ReadRequest> read = server::ParseReadRequest(*request);
    if (!read.ok()) return gateway::ReadSession::Start(core_, context, read.status());
    return gateway::ReadSession::Start(
        core_, context, AsSession(MakeReadRequest(core_->options(), *context, *read)));
  }

 private:
  const std::shared_ptr<Core> core_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeStreamService(std::shared_ptr<Core> core) {
  return std::make_unique<StreamService>(std::move(core));
}

}  // namespace s2::gateway
