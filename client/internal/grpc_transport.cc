// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/internal/grpc_transport.h"

#include "s2/retry/error.h"
#include "s2/session/internal/grpc_call.h"

namespace s2::internal {
namespace {

// Starts the call on a channel of the pool; an error if there is no stub for it.
template <typename Call>
absl::Status StartOn(const std::shared_ptr<StubPool>& pool, Call& call) {
  std::shared_ptr<const Stubs> stubs = pool->ForSession();
  if (stubs->stream == nullptr) {
    return MakeError(ErrorCode::kNotImplemented, "the client was given no stub of StreamService");
  }
  rpc::v1::StreamService::StubInterface& stub = *stubs->stream;
  const Stubs* const used = stubs.get();
  call.Start(stub, std::move(stubs), [pool, used] { pool->Suspect(used); });
  return absl::OkStatus();
}

}  // namespace

std::shared_ptr<AppendCall> GrpcTransport::Append(std::shared_ptr<CallEvents> events) {
  auto call = std::make_shared<GrpcAppendCall>(std::move(events), background_);
  Begin(call);
  return call;
}

std::shared_ptr<ReadCall> GrpcTransport::Read(const rpc::v1::ReadRequest& request,
                                              std::shared_ptr<CallEvents> events) {
  auto call = std::make_shared<GrpcReadCall>(request, std::move(events), background_);
  Begin(call);
  return call;
}

template <typename Call>
void GrpcTransport::Begin(std::shared_ptr<Call> call) {
  AddMetadata(target_, call->context());
  if (token_->may_block()) {
    background_->Run([pool = pool_, token = token_, call = std::move(call)] {
      absl::Status status = token->Attach(call->context());
      if (status.ok()) status = StartOn(pool, *call);
      if (!status.ok()) call->Fail(status);
    });
    return;
  }
  absl::Status status = token_->Attach(call->context());
  if (status.ok()) status = StartOn(pool_, *call);
  if (status.ok()) return;
  background_->Run([call = std::move(call), status = std::move(status)] { call->Fail(status); });
}

}  // namespace s2::internal
