// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/calls/session.h"

#include <vector>

#include "s2/retry/error.h"
#include "s2/retry/grpc_status.h"
#include "s2/server/internal/call_metadata.h"
#include "s2/wire/metadata.h"

namespace s2::gateway {

absl::Status WithReconnect(const absl::Status& error, uint64_t forwarded) {
  if (GetErrorCode(error) != ErrorCode::kServerDraining) return error;
  rpc::v1::ErrorInfo info = GetErrorInfo(error);
  info.mutable_reconnect()->set_forwarded(forwarded);
  return WithErrorInfo(error, info);
}

template <typename Reactor>
void Session<Reactor>::Open(absl::StatusOr<http2::Request> request) {
  self_ = this->shared_from_this();
  stream_ = std::make_shared<S2sStream>(self_);
  const absl::StatusOr<uint64_t> id = core_->Enter(self_, context_->peer());
  if (!id.ok()) {
    return core_->calls().Refuse([self = self_, status = id.status()] { self->End(status); });
  }
  id_ = *id;
  core_->meter().SessionOpened(kKind);
  if (!request.ok()) return End(request.status());
  stream_->Start(core_->http(), *std::move(request), core_->clock(),
                 core_->options().request_timeout);
}

template <typename Reactor>
void Session<Reactor>::OnAccepted() {
  {
    absl::MutexLock lock(&mu_);
    if (state_ == State::kFinished) return;
    HoldLocked();
  }
  context_->AddInitialMetadata(wire::kAcceptedKey, wire::kAcceptedValue);
  this->StartSendInitialMetadata();
  Begin();
  Release();
}

template <typename Reactor>
void Session<Reactor>::Release() {
  {
    absl::MutexLock lock(&mu_);
    --holds_;
  }
  Pump();
}

template <typename Reactor>
void Session<Reactor>::OnFrame(Frame frame) {
  const bool leaving = frame.reconnect_advised;
  {
    absl::MutexLock lock(&mu_);
    if (end_ || cut_) return;
    held_.Add(SizeOnWire(frame));
    frames_.push_back(std::move(frame));
    ReceivedLocked();
  }
  if (leaving) Drain();
  Pump();
}

template <typename Reactor>
void Session<Reactor>::Pump() {
  Frame frame;
  grpc::WriteOptions options;
  std::optional<absl::Status> finish;
  {
    absl::MutexLock lock(&mu_);
    if (state_ != State::kIdle) return;
    if (!cut_ && !frames_.empty()) {
      frame = std::move(frames_.front());
      frames_.pop_front();
      if (!frames_.empty()) options.set_buffer_hint();
      state_ = State::kWriting;
    } else {
      finish = cut_ ? cut_ : end_;
      if (!finish || holds_ > 0) return;
      state_ = State::kFinished;
    }
  }
  if (finish) {
    stream_->Cancel();
    core_->meter().SessionEnded(server::DescribeEnd(kKind, *context_, *finish));
    this->Finish(ToGrpc(*finish));
    return;
  }
  absl::StatusOr<std::vector<grpc::Slice>> message = DecodeBody(frame);
  if (!message.ok()) {
    {
      absl::MutexLock lock(&mu_);
      state_ = State::kIdle;
      if (!cut_) cut_ = message.status();
    }
    return Pump();
  }
  message_ = grpc::ByteBuffer(message->data(), message->size());
  message_size_on_wire_ = SizeOnWire(frame);
  this->StartWrite(&message_, options);
}

template <typename Reactor>
void Session<Reactor>::OnWriteDone(bool ok) {
  core_->meter().Sent(message_.Length());
  message_.Clear();
  const size_t size = message_size_on_wire_;
  {
    absl::MutexLock lock(&mu_);
    state_ = State::kIdle;
    held_.Drop(size);
    if (!ok && !cut_) cut_ = absl::CancelledError("the client is gone");
  }
  stream_->Consume(size);
  Taken();
  Pump();
}

template <typename Reactor>
void Session<Reactor>::OnEnd(const absl::Status& status) {
  {
    absl::MutexLock lock(&mu_);
    if (!end_) end_ = VerdictLocked(status);
  }
  Pump();
}

template <typename Reactor>
void Session<Reactor>::End(const absl::Status& status) {
  {
    absl::MutexLock lock(&mu_);
    if (!end_) end_ = status;
  }
  Pump();
}

template <typename Reactor>
void Session<Reactor>::Kill() {
  {
    absl::MutexLock lock(&mu_);
    if (!cut_) cut_ = server::GoneError();
    if (state_ == State::kWriting) context_->TryCancel();
  }
  Pump();
}

template <typename Reactor>
void Session<Reactor>::OnCancel() {
  {
    absl::MutexLock lock(&mu_);
    if (!cut_) cut_ = absl::CancelledError("the client is gone");
  }
  Pump();
}

template <typename Reactor>
void Session<Reactor>::OnDone() {
  stream_->Cancel();
  if (id_) {
    core_->meter().SessionClosed(kKind);
    core_->calls().Leave(*id_);
  }
  self_.reset();
}

template class Session<grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>>;
template class Session<grpc::ServerWriteReactor<grpc::ByteBuffer>>;

}  // namespace s2::gateway
