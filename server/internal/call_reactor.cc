// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/server/internal/call_reactor.h"

#include <grpcpp/support/byte_buffer.h>

#include "s2/retry/grpc_status.h"
#include "s2/server/internal/call_metadata.h"
#include "s2/v1/s2.pb.h"

namespace s2::server {

template <typename Reactor>
bool CallReactor<Reactor>::Enter(const std::string& peer) {
  self_ = this->shared_from_this();
  const absl::StatusOr<uint64_t> id = calls_.Enter(self_, peer);
  if (!id.ok()) {
    calls_.Refuse([self = self_, status = id.status()] { self->Cut(status); });
    return false;
  }
  id_ = *id;
  if (kind_) meter_.SessionOpened(*kind_);
  const absl::Status valid = CheckMetadata(*context_);
  if (!valid.ok()) Cut(valid);
  return valid.ok();
}

template <typename Reactor>
void CallReactor<Reactor>::End(const absl::Status& status) {
  {
    absl::MutexLock lock(&mu_);
    EndLocked(status);
  }
  Pump();
}

template <typename Reactor>
void CallReactor<Reactor>::EndLocked(const absl::Status& status) {
  if (!end_) end_ = status;
}

template <typename Reactor>
void CallReactor<Reactor>::Cut(const absl::Status& status) {
  {
    absl::MutexLock lock(&mu_);
    CutLocked(status);
  }
  Pump();
}

template <typename Reactor>
void CallReactor<Reactor>::CutLocked(const absl::Status& status) {
  if (!cut_) cut_ = status;
}

template <typename Reactor>
bool CallReactor<Reactor>::Hold() {
  absl::MutexLock lock(&mu_);
  if (ending_locked()) return false;
  HoldLocked();
  return true;
}

template <typename Reactor>
void CallReactor<Reactor>::Release() {
  {
    absl::MutexLock lock(&mu_);
    --holds_;
  }
  Pump();
}

template <typename Reactor>
void CallReactor<Reactor>::Pump() {
  Next next = Next::kNone;
  absl::Status status;
  {
    absl::MutexLock lock(&mu_);
    if (state_ != State::kOpen) return;
    if (!cut_) next = NextLocked();
    switch (next) {
      case Next::kLater:
        return;
      case Next::kMessage:
      case Next::kMessageAndMore:
        state_ = State::kWriting;
        break;
      case Next::kNone:
        if (!ending_locked() || holds_ > 0) return;
        state_ = State::kFinished;
        status = cut_ ? *cut_ : *end_;
        break;
    }
  }
  if (next == Next::kNone) {
    Finish(status);
  } else {
    Write(next == Next::kMessageAndMore);
  }
}

template <typename Reactor>
void CallReactor<Reactor>::Finish(const absl::Status& status) {
  OnFinish();
  if (kind_) {
    meter_.SessionEnded(DescribeEnd(*kind_, *context_, status));
  } else {
    meter_.CallEnded(status);
  }
  Reactor::Finish(ToGrpc(status));
}

template <typename Reactor>
void CallReactor<Reactor>::OnCancel() {
  Cut(absl::CancelledError("the client is gone"));
}

template <typename Reactor>
void CallReactor<Reactor>::Kill() {
  {
    absl::MutexLock lock(&mu_);
    CutLocked(GoneError());
    // A write that is stuck, because the client does not read, ends only so. While it is under way
    // the context is valid.
    if (state_ == State::kWriting) context_->TryCancel();
  }
  Pump();
}

template <typename Reactor>
void CallReactor<Reactor>::OnDone() {
  if (id_) {
    if (kind_) meter_.SessionClosed(*kind_);
    calls_.Leave(*id_);
  }
  self_.reset();
}

template class CallReactor<grpc::ServerUnaryReactor>;
template class CallReactor<grpc::ServerWriteReactor<grpc::ByteBuffer>>;
template class CallReactor<grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>>;
template class CallReactor<grpc::ServerBidiReactor<v1::AppendInput, v1::AppendAck>>;

}  // namespace s2::server
