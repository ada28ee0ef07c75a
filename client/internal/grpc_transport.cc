// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/internal/grpc_transport.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "s2/client/internal/channel_probe.h"
#include "s2/retry/error.h"
#include "s2/session/internal/call_lease.h"
#include "s2/session/internal/grpc_call.h"

namespace s2::internal {
namespace {

// The place of one session's call, and the token that it went with.
class SessionLease : public CallLease {
 public:
  SessionLease(std::shared_ptr<StubPool::Lease> place, std::shared_ptr<const AccessToken> token,
               Token sent)
      : place_(std::move(place)), token_(std::move(token)), sent_(std::move(sent)) {}

  const Stubs& stubs() const { return place_->stubs(); }

  void OnAccepted() override { place_->OnAccepted(); }
  void OnMessage() override { place_->OnHeard(); }
  void OnSilence() override { place_->OnSilence(); }
  absl::Status OnEnd(absl::Status status) override {
    if (IsAnswer(status.code())) place_->OnHeard();
    return token_->OnEnd(sent_, status);
  }

 private:
  const std::shared_ptr<StubPool::Lease> place_;
  const std::shared_ptr<const AccessToken> token_;
  const Token sent_;
};

absl::Status NoStub() {
  return MakeError(ErrorCode::kNotImplemented, "the client was given no stub of StreamService");
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
  auto start = [pool = pool_, token = token_, call](const Token& sent) {
    token->Attach(sent, call->context());
    auto place = pool->ForSession([weak = std::weak_ptr<Call>(call)](const absl::Status& status) {
      if (const auto waiting = weak.lock()) waiting->Withdraw(status);
    });
    auto lease = std::make_shared<SessionLease>(std::move(place), token, sent);
    rpc::v1::StreamService::StubInterface* const stub = lease->stubs().stream.get();
    if (stub == nullptr) return NoStub();
    call->Start(*stub, std::move(lease));
    return absl::OkStatus();
  };
  if (token_->source() != nullptr) {
    token_->source()->Get([call, start](const absl::StatusOr<Token>& sent) {
      const absl::Status status = sent.ok() ? start(*sent) : sent.status();
      if (!status.ok()) call->Fail(status);
    });
    return;
  }
  absl::Status status = start(token_->fixed());
  if (status.ok()) return;
  background_->Run([call = std::move(call), status = std::move(status)] { call->Fail(status); });
}

}  // namespace s2::internal
