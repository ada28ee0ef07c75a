// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/calls/append_session.h"

#include <utility>
#include <vector>

#include "s2/retry/error.h"
#include "s2/retry/grpc_status.h"

namespace s2::gateway {
namespace {

// Inputs that were forwarded, but whose acks gRPC has not taken.
constexpr uint64_t kMaxUnacked = 8192;

absl::StatusOr<std::vector<grpc::Slice>> ToFrame(const grpc::ByteBuffer& message,
                                                 http2::Coding coding) {
  std::vector<grpc::Slice> slices;
  if (grpc::Status s = message.Dump(&slices); !s.ok()) return FromGrpc(s);
  return MakeFrame(std::move(slices), coding);
}

}  // namespace

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* AppendSession::Start(
    std::shared_ptr<Core> core, grpc::CallbackServerContext* context,
    absl::StatusOr<http2::Request> request) {
  std::shared_ptr<AppendSession> session(new AppendSession(std::move(core), context));
  session->Open(std::move(request));
  return session.get();
}

void AppendSession::Begin() {
  {
    absl::MutexLock lock(&mu_);
    inputs_ = Inputs::kReading;
  }
  StartRead(&input_);
}

void AppendSession::OnReadDone(bool ok) {
  {
    absl::MutexLock lock(&mu_);
    if (inputs_ != Inputs::kReading) return;
    inputs_ = ok ? Inputs::kForwarding : Inputs::kClosed;
  }
  if (ok) {
    Forward();
  } else {
    stream().EndWrites();
  }
}

void AppendSession::Forward() {
  core_->meter().Received(input_.Length());
  const absl::Time now = core_->clock().Now();
  absl::StatusOr<std::vector<grpc::Slice>> frame = ToFrame(input_, core_->coding());
  input_.Clear();
  bool forward;
  {
    absl::MutexLock lock(&mu_);
    if (!frame.ok() && !stop_) stop_ = frame.status();
    if (absl::Status s = core_->held()->Check(); !s.ok() && !stop_) stop_ = s;
    forward = !stop_ && !end_ && !cut_;
    if (forward) {
      ++forwarded_;
      forwarded_at_.push_back(now);
      room_ = false;
    }
  }
  const bool room = forward && stream().Write(*std::move(frame));
  bool close;
  bool read;
  {
    absl::MutexLock lock(&mu_);
    if (room) room_ = true;  // else OnRoom says so, or has said so
    close = stop_.has_value();
    inputs_ = close ? Inputs::kClosed : Inputs::kUnread;
    read = ToReadLocked();
    SettleLocked();
  }
  if (close) stream().EndWrites();
  if (read) StartRead(&input_);
  Pump();
}

bool AppendSession::ToReadLocked() {
  const uint64_t unacked = forwarded_ - acked_ + UntakenLocked();
  if (inputs_ != Inputs::kUnread || !room_ || unacked >= kMaxUnacked || end_ || cut_) return false;
  inputs_ = Inputs::kReading;
  return true;
}

void AppendSession::OnRoom() {
  {
    absl::MutexLock lock(&mu_);
    room_ = true;
    if (!ToReadLocked()) return;
    HoldLocked();
  }
  StartRead(&input_);
  Release();
}

void AppendSession::Taken() {
  bool read;
  {
    absl::MutexLock lock(&mu_);
    read = ToReadLocked();
  }
  if (read) StartRead(&input_);
}

void AppendSession::ReceivedLocked() {
  if (acked_ == forwarded_) {
    frames_.pop_back();
    end_ =
        MakeError(ErrorCode::kInvalidAnswer, "S2 sent an ack for an input that it was not given");
    return;
  }
  ++acked_;
  core_->meter().Acked(core_->clock().Now() - forwarded_at_.front());
  forwarded_at_.pop_front();
  SettleLocked();
}

void AppendSession::SettleLocked() {
  if (stop_ && inputs_ == Inputs::kClosed && acked_ == forwarded_ && !end_) end_ = stop_;
}

absl::Status AppendSession::VerdictLocked(const absl::Status& status) {
  // What S2 itself says of an input counts for more than that we go; a break of the stream does
  // not.
  const bool going = stop_ && ReconnectForwarded(*stop_).has_value();
  if (going && GetErrorInfo(status).http_status() == 0) return *stop_;
  return WithReconnect(status, forwarded_);
}

void AppendSession::Drain() {
  bool close = false;
  {
    absl::MutexLock lock(&mu_);
    switch (inputs_) {
      case Inputs::kNotYet:
        if (!end_) end_ = server::DrainingError(0);
        break;
      case Inputs::kUnread:
      case Inputs::kReading:
        inputs_ = Inputs::kClosed;
        close = true;
        [[fallthrough]];
      case Inputs::kForwarding:  // Forward closes
        if (!stop_) stop_ = server::DrainingError(forwarded_);
        SettleLocked();
        break;
      case Inputs::kClosed:
        break;
    }
  }
  if (close) stream().EndWrites();
  Pump();
}

}  // namespace s2::gateway
