// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/emulator/internal/unary_read.h"

#include "s2/emulator/internal/read_frame.h"
#include "s2/server/internal/call_metadata.h"
#include "s2/server/internal/read_request.h"

namespace s2::emulator {

grpc::ServerUnaryReactor* UnaryRead::Start(std::shared_ptr<Core> core,
                                           grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer& request,
                                           grpc::ByteBuffer* response) {
  const std::shared_ptr<UnaryRead> read(new UnaryRead(std::move(core), context, response));
  read->Open(request);
  return read.get();
}

void UnaryRead::Open(const grpc::ByteBuffer& request) {
  {
    absl::MutexLock lock(&mu_);
    timer_.Start([weak = std::weak_ptr<UnaryRead>(self())] {
      if (const auto read = weak.lock()) read->OnTimer();
    });
  }
  if (!Enter()) return;
  if (const absl::Status opened = OpenReader(request); !opened.ok()) return Cut(opened);
  if (fault_.kind == FaultAction::Kind::kSilence) return;
  if (fault_.kind == FaultAction::Kind::kDelay) {
    absl::MutexLock lock(&mu_);
    return timer_.Set(core_->clock()->Now() + fault_.delay);
  }
  Answer();
}

absl::Status UnaryRead::OpenReader(const grpc::ByteBuffer& bytes) {
  absl::StatusOr<std::string> basin = server::GetBasin(context());
  if (!basin.ok()) return basin.status();
  absl::StatusOr<std::string> name = server::GetStream(context());
  if (!name.ok()) return name.status();
  absl::StatusOr<rpc::v1::ReadRequest> request = server::ParseReadRequest(bytes);
  if (!request.ok()) return request.status();
  if (absl::Status s = Strike(*basin, *name); !s.ok()) return s;
  if (fault_.kind == FaultAction::Kind::kSilence) return absl::OkStatus();
  absl::StatusOr<rpc::v1::StreamConfig> config = server::GetStreamConfig(context());
  if (!config.ok()) return config.status();
  absl::StatusOr<std::shared_ptr<Stream>> stream = core_->account().OpenStream(
      *basin, *name, Access::kRead, *config, server::GetEncryptionKey(context()).has_value());
  if (!stream.ok()) return stream.status();
  absl::StatusOr<Reader> reader = (*stream)->OpenReader(*request, Reader::Mode::kUnary);
  if (!reader.ok()) return reader.status();
  stream_ = *std::move(stream);
  absl::MutexLock lock(&mu_);
  reader_ = *std::move(reader);
  return absl::OkStatus();
}

absl::Status UnaryRead::Strike(const std::string& basin, const std::string& stream) {
  if (core_->faults().empty()) return absl::OkStatus();
  auto fault = core_->faults().Strike({"Read", basin, stream, std::nullopt, nullptr});
  if (!fault) fault = core_->faults().Strike({"Read", basin, stream, 0, nullptr});
  if (!fault) return absl::OkStatus();
  fault_ = *std::move(fault);
  switch (fault_.kind) {
    case FaultAction::Kind::kFail:
    case FaultAction::Kind::kCut:
    case FaultAction::Kind::kApplyLate:
      return fault_.error;
    case FaultAction::Kind::kReconnect:
      return server::DrainingError(0);
    case FaultAction::Kind::kDelay:
    case FaultAction::Kind::kMutate:
    case FaultAction::Kind::kSilence:
    case FaultAction::Kind::kNoHeartbeats:
      break;
  }
  return absl::OkStatus();
}

void UnaryRead::Answer() {
  {
    absl::MutexLock lock(&mu_);
    if (!ending_locked()) AnswerLocked();
  }
  Pump();
}

void UnaryRead::AnswerLocked() {
  absl::StatusOr<ReadStep> step = stream_->Next(*reader_, self());
  while (step.ok() && step->kind == ReadStep::Kind::kHeartbeat) {
    step = stream_->Next(*reader_, self());
  }
  if (step.ok() && step->kind == ReadStep::Kind::kIdle) return timer_.Set(step->deadline);
  if (step.ok()) {
    *response_ = MakeFrame(step->batch, step->tail);
    if (fault_.mutate_batch) MutateFrame(fault_.mutate_batch, *response_);
  }
  EndLocked(step.status());
}

void UnaryRead::OnTimer() {
  {
    absl::MutexLock lock(&mu_);
    if (!timer_.Due()) return;
  }
  Answer();
}

void UnaryRead::OnDone() {
  if (stream_ != nullptr) stream_->Forget(this);
  CallReactor::OnDone();
}

}  // namespace s2::emulator
