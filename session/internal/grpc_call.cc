// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/grpc_call.h"

#include <limits>
#include <string>

#include "absl/strings/match.h"
#include "s2/retry/error.h"
#include "s2/retry/grpc_status.h"

namespace s2::internal {
namespace {

// How gRPC says that it does not send call credentials.
constexpr char kInsecureChannel[] = "sufficient security level";

}  // namespace

absl::Status CallStatus(const grpc::Status& status) {
  const absl::Status result = FromGrpc(status);
  rpc::v1::ErrorInfo info = GetErrorInfo(result);
  if (info.ByteSizeLong() != 0) return result;
  if (result.code() == absl::StatusCode::kUnavailable) {
    info.set_code(std::string(GetErrorRow(ErrorCode::kServerDisconnected).name));
    return WithErrorInfo(result, info);
  }
  if (result.code() == absl::StatusCode::kCancelled) {
    info = GetErrorInfo(MakeError(ErrorCode::kServerDisconnected, ""));
    info.mutable_reconnect()->set_forwarded(std::numeric_limits<uint64_t>::max());
    return MakeError(info, "the server cancelled the call, as one does that goes");
  }
  if (result.code() == absl::StatusCode::kUnauthenticated &&
      absl::StrContains(result.message(), kInsecureChannel)) {
    return NotSent(
        WithContext(result,
                    "the channel is not secure, and an access token goes in the clear only "
                    "on channels that connect makes to this machine"));
  }
  return result;
}

template <typename Verbs, typename Reactor, typename Response>
template <typename Bind>
void GrpcCall<Verbs, Reactor, Response>::StartWith(std::shared_ptr<CallLease> lease, Bind bind) {
  {
    absl::MutexLock lock(&mu_);
    if (state_ != State::kNew) return;
    state_ = State::kStarting;
  }
  self_ = this->shared_from_this();
  wire_->lease = std::move(lease);
  bind();
  this->AddHold();
  bool open;
  std::vector<absl::AnyInvocable<void()>> verbs;
  {
    absl::MutexLock lock(&mu_);
    open = state_ == State::kStarting;
    if (open) {
      state_ = State::kOpen;
      gate_.Open();
    }
    verbs = std::move(early_verbs_);
  }
  if (!open) wire_->context.TryCancel();
  for (auto& verb : verbs) verb();
  this->StartCall();
  if (!open) this->RemoveHold();
}

template <typename Verbs, typename Reactor, typename Response>
void GrpcCall<Verbs, Reactor, Response>::Fail(const absl::Status& status) {
  {
    absl::MutexLock lock(&mu_);
    if (state_ != State::kNew) return;
    state_ = State::kOver;
  }
  Finish(status);
}

template <typename Verbs, typename Reactor, typename Response>
void GrpcCall<Verbs, Reactor, Response>::Read(Response* response) {
  Do([this, response] { this->StartRead(response); });
}

template <typename Verbs, typename Reactor, typename Response>
void GrpcCall<Verbs, Reactor, Response>::Stop(bool silent) {
  State before;
  {
    absl::MutexLock lock(&mu_);
    before = std::exchange(state_, State::kOver);
  }
  switch (before) {
    case State::kNew:
      background_->Run([self = this->shared_from_this()] {
        self->Finish(absl::CancelledError("cancelled before the call began"));
      });
      return;
    case State::kOpen:
      if (silent) wire_->lease->OnSilence();
      wire_->context.TryCancel();
      RemoveHoldIf(gate_.Close());
      return;
    case State::kStarting:  // Start will see it
    case State::kOver:
      return;
  }
}

template <typename Verbs, typename Reactor, typename Response>
void GrpcCall<Verbs, Reactor, Response>::Withdraw(const absl::Status& status) {
  {
    absl::MutexLock lock(&mu_);
    if (accepted_ || state_ != State::kOpen) return;
    state_ = State::kOver;
    withdrawn_ = status;
  }
  wire_->context.TryCancel();
  RemoveHoldIf(gate_.Close());
}

template <typename Verbs, typename Reactor, typename Response>
template <typename Verb>
void GrpcCall<Verbs, Reactor, Response>::Do(Verb verb) {
  while (!gate_.Enter()) {
    absl::MutexLock lock(&mu_);
    switch (state_) {
      case State::kNew:
      case State::kStarting:
        early_verbs_.push_back(std::move(verb));
        return;
      case State::kOpen:  // since we came to the gate
        break;
      case State::kOver:
        return;
    }
  }
  verb();
  RemoveHoldIf(gate_.Leave());
}

template <typename Verbs, typename Reactor, typename Response>
void GrpcCall<Verbs, Reactor, Response>::OnReadInitialMetadataDone(bool ok) {
  // In process a refused call reports metadata too, without the key.
  if (ok && wire_->context.accepted() && TakeAcceptance()) {
    wire_->lease->OnAccepted();
    events_->OnAccepted();
  }
  std::optional<bool> outcome;
  {
    absl::MutexLock lock(&mu_);
    answered_ = true;
    outcome = early_outcome_;
  }
  if (outcome) DeliverRead(*outcome);
}

// False: it came too late.
template <typename Verbs, typename Reactor, typename Response>
bool GrpcCall<Verbs, Reactor, Response>::TakeAcceptance() {
  absl::MutexLock lock(&mu_);
  accepted_ = withdrawn_.ok();
  return accepted_;
}

template <typename Verbs, typename Reactor, typename Response>
void GrpcCall<Verbs, Reactor, Response>::OnReadDone(bool ok) {
  if (!answered_.load(std::memory_order_acquire)) {
    absl::MutexLock lock(&mu_);
    if (!answered_) {
      early_outcome_ = ok;
      return;
    }
  }
  DeliverRead(ok);
}

template <typename Verbs, typename Reactor, typename Response>
void GrpcCall<Verbs, Reactor, Response>::DeliverRead(bool ok) {
  bool nobody_is_left = false;
  if (!ok) {
    absl::MutexLock lock(&mu_);
    nobody_is_left = std::exchange(state_, State::kOver) == State::kOpen && gate_.Close();
  } else {
    wire_->lease->OnMessage();
  }
  events_->OnRead(ok);
  RemoveHoldIf(nobody_is_left);
}

template <typename Verbs, typename Reactor, typename Response>
void GrpcCall<Verbs, Reactor, Response>::RemoveHoldIf(bool nobody_is_left) {
  if (nobody_is_left) this->RemoveHold();
}

template <typename Verbs, typename Reactor, typename Response>
void GrpcCall<Verbs, Reactor, Response>::OnDone(const grpc::Status& status) {
  const std::shared_ptr<GrpcCall> self = std::move(self_);
  const std::unique_ptr<Wire> wire = std::move(wire_);
  Finish(wire->lease->OnEnd(Verdict(status)));
}

template <typename Verbs, typename Reactor, typename Response>
absl::Status GrpcCall<Verbs, Reactor, Response>::Verdict(const grpc::Status& status) {
  {
    absl::MutexLock lock(&mu_);
    if (!withdrawn_.ok()) return withdrawn_;
  }
  return CallStatus(status);
}

template <typename Verbs, typename Reactor, typename Response>
void GrpcCall<Verbs, Reactor, Response>::Finish(const absl::Status& status) {
  const std::shared_ptr<CallEvents> events = std::move(events_);
  events->OnDone(status);
}

template class GrpcCall<AppendCall, grpc::ClientBidiReactor<v1::AppendInput, v1::AppendAck>,
                        v1::AppendAck>;
template class GrpcCall<ReadCall, grpc::ClientReadReactor<v1::ReadBatch>, v1::ReadBatch>;

void GrpcAppendCall::Start(rpc::v1::StreamService::StubInterface& stub,
                           std::shared_ptr<CallLease> lease) {
  StartWith(std::move(lease), [&] { stub.async()->AppendSession(&context(), this); });
}

void GrpcAppendCall::Write(const v1::AppendInput& input, bool more_follows) {
  grpc::WriteOptions options;
  if (more_follows) options.set_buffer_hint();
  Do([this, &input, options] { StartWrite(&input, options); });
}

void GrpcAppendCall::WritesDone() {
  Do([this] { StartWritesDone(); });
}

void GrpcReadCall::Start(rpc::v1::StreamService::StubInterface& stub,
                         std::shared_ptr<CallLease> lease) {
  StartWith(std::move(lease), [&] { stub.async()->ReadSession(&context(), &request_, this); });
}

}  // namespace s2::internal
