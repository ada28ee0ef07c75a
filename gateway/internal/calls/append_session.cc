// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/calls/append_session.h"

#include <vector>

#include "s2/retry/error.h"
#include "s2/retry/grpc_status.h"

namespace s2::gateway {
namespace {

// The most inputs that are forwarded, but whose acks gRPC has not taken.
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
  const std::shared_ptr<AppendSession> session(new AppendSession(std::move(core), context));
  session->Open(std::move(request));
  return session.get();
}

void AppendSession::OnInput(grpc::ByteBuffer& input) {
  const absl::Time now = core_->clock().Now();
  absl::StatusOr<std::vector<grpc::Slice>> frame = ToFrame(input, core_->coding());
  input.Clear();
  {
    absl::MutexLock lock(&mu_);
    if (!frame.ok()) StopLocked(frame.status());
    if (const absl::Status s = core_->held()->Check(); !s.ok()) StopLocked(s);
    if (!TakeLocked()) return;
    taken_at_.push_back(now);
    room_ = false;
  }
  if (!stream().Write(*std::move(frame))) return;  // OnRoom says so when there is room, or has
  absl::MutexLock lock(&mu_);
  room_ = true;
}

bool AppendSession::WantsInputLocked() const {
  if (stop_locked() || ending_locked()) return false;
  return room_ && taken_locked() - acked_ + untaken_locked() < kMaxUnacked;
}

void AppendSession::OnRoom() {
  {
    absl::MutexLock lock(&mu_);
    room_ = true;
  }
  ReadOn();
}

void AppendSession::OnFrameLocked() {
  if (!OwesLocked()) {
    frames_.pop_back();
    return EndLocked(
        MakeError(ErrorCode::kInvalidAnswer, "S2 sent an ack for an input that it was not given"));
  }
  ++acked_;
  core_->meter().Acked(core_->clock().Now() - taken_at_.front());
  taken_at_.pop_front();
  SettleLocked();
}

absl::Status AppendSession::VerdictLocked(const absl::Status& status) {
  // What S2 itself says of an input counts for more than that we go; a break of the stream does
  // not.
  const bool going = stop_locked() && ReconnectForwarded(*stop_locked()).has_value();
  if (going && GetErrorInfo(status).http_status() == 0) return *stop_locked();
  return WithReconnect(status, taken_locked());
}

}  // namespace s2::gateway
