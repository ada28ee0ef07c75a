// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/calls/session.h"

#include <vector>

#include "s2/retry/error.h"

namespace s2::gateway {

template <typename Half>
void Session<Half>::Open(absl::StatusOr<http2::Request> request) {
  stream_ = std::make_shared<S2sStream>(std::shared_ptr<S2sEvents>(this->shared_from_this(), this));
  if (!this->Enter(this->context().peer())) return;
  if (!request.ok()) return this->End(request.status());
  stream_->Start(core_->http(), *std::move(request), core_->clock(),
                 core_->options().request_timeout);
}

template <typename Half>
void Session<Half>::OnAccepted() {
  if (!this->Hold()) return;
  this->Accept();
  Begin();
  this->Release();
}

template <typename Half>
void Session<Half>::OnFrame(Frame frame) {
  // Advice that is not followed is passed over: the session stays until S2 ends it.
  const bool leaving = frame.reconnect_advised && stream_->RetireConnection(/*advised=*/true);
  {
    absl::MutexLock lock(&mu_);
    if (this->ending_locked()) return;
    held_.Add(SizeOnWire(frame));
    frames_.push_back(std::move(frame));
    OnFrameLocked();
  }
  if (leaving) this->Drain();
  this->Pump();
}

template <typename Half>
typename Session<Half>::Next Session<Half>::NextMessageLocked(grpc::ByteBuffer&) {
  if (frames_.empty()) return Next::kNone;
  writing_ = std::move(frames_.front());
  frames_.pop_front();
  return frames_.empty() ? Next::kMessage : Next::kMessageAndMore;
}

template <typename Half>
absl::Status Session<Half>::PrepareMessage(grpc::ByteBuffer& message) {
  const absl::StatusOr<std::vector<grpc::Slice>> body = DecodeBody(writing_);
  if (!body.ok()) return body.status();
  message = grpc::ByteBuffer(body->data(), body->size());
  return absl::OkStatus();
}

template <typename Half>
void Session<Half>::OnWritten() {
  const size_t size = SizeOnWire(writing_);
  writing_ = Frame();
  {
    absl::MutexLock lock(&mu_);
    held_.Drop(size);
  }
  stream_->Consume(size);
}

template <typename Half>
void Session<Half>::OnEnd(const absl::Status& status) {
  if (GetErrorCode(status) == ErrorCode::kServerDraining) {
    stream_->RetireConnection(/*advised=*/false);
  }
  const absl::Status judged = core_->OnEnd(status);
  {
    absl::MutexLock lock(&mu_);
    this->EndLocked(VerdictLocked(judged));
  }
  this->Pump();
}

template class Session<server::BidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>>;
template class Session<
    server::WriteReactor<grpc::ServerWriteReactor<grpc::ByteBuffer>, grpc::ByteBuffer>>;

}  // namespace s2::gateway
