// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/emulator/internal/unary_read.h"

#include <utility>

#include "s2/emulator/internal/read_frame.h"
#include "s2/retry/grpc_status.h"
#include "s2/server/internal/call_metadata.h"
#include "s2/server/internal/read_request.h"

namespace s2::emulator {

grpc::ServerUnaryReactor* UnaryRead::Start(std::shared_ptr<Core> core,
                                           grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) {
  std::shared_ptr<UnaryRead> read(new UnaryRead(std::move(core), context, response));
  read->self_ = read;
  absl::StatusOr<uint64_t> id = read->core_->calls().Enter(read);
  if (!id.ok()) {
    read->core_->calls().Refuse([read, status = id.status()] { read->End(status); });
    return read.get();
  }
  read->id_ = *id;
  if (absl::Status s = read->Open(*request); !s.ok()) {
    read->End(s);
    return read.get();
  }
  switch (read->fault_.kind) {
    case FaultAction::Kind::kSilence:
      break;
    case FaultAction::Kind::kDelay: {
      absl::MutexLock lock(&read->mu_);
      read->PumpAtLocked(read->core_->clock().Now() + read->fault_.delay);
      break;
    }
    default:
      read->Pump();
  }
  return read.get();
}

absl::Status UnaryRead::Open(const grpc::ByteBuffer& bytes) {
  absl::StatusOr<std::string> basin = server::GetBasin(*context_);
  if (!basin.ok()) return basin.status();
  absl::StatusOr<std::string> name = server::GetStream(*context_);
  if (!name.ok()) return name.status();
  absl::StatusOr<rpc::v1::ReadRequest> request = server::ParseReadRequest(bytes);
  if (!request.ok()) return request.status();
  if (absl::Status s = Strike(*basin, *name); !s.ok()) return s;
  if (fault_.kind == FaultAction::Kind::kSilence) return absl::OkStatus();
  absl::StatusOr<rpc::v1::StreamConfig> config = server::GetStreamConfig(*context_);
  if (!config.ok()) return config.status();
  absl::StatusOr<std::shared_ptr<Stream>> stream = core_->account().OpenStream(
      *basin, *name, Access::kRead, *config, server::GetEncryptionKey(*context_).has_value());
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

void UnaryRead::Pump() {
  absl::Status status;
  {
    absl::MutexLock lock(&mu_);
    if (answered_) return;
    absl::StatusOr<ReadStep> step = stream_->Next(*reader_, shared_from_this());
    while (step.ok() && step->kind == ReadStep::Kind::kHeartbeat) {
      step = stream_->Next(*reader_, shared_from_this());
    }
    if (step.ok() && step->kind == ReadStep::Kind::kIdle) {
      if (timer_ == nullptr) PumpAtLocked(step->deadline);
      return;
    }
    status = step.status();
    if (step.ok()) {
      *response_ = MakeFrame(step->batch, step->tail);
      if (fault_.mutate_batch) MutateFrame(fault_.mutate_batch, *response_);
    }
    answered_ = true;
  }
  core_->meter().CallEnded(status);
  Finish(ToGrpc(status));
}

void UnaryRead::PumpAtLocked(absl::Time when) {
  timer_ = core_->clock().CallAt(when, [self = weak_from_this()] {
    auto read = self.lock();
    if (read == nullptr) return;
    {
      absl::MutexLock lock(&read->mu_);
      read->timer_ = nullptr;
    }
    read->Pump();
  });
}

void UnaryRead::End(const absl::Status& status) {
  {
    absl::MutexLock lock(&mu_);
    if (answered_) return;
    answered_ = true;
  }
  core_->meter().CallEnded(status);
  Finish(ToGrpc(status));
}

void UnaryRead::Drain() { End(server::DrainingError(0)); }

void UnaryRead::Kill() { End(server::GoneError()); }

void UnaryRead::OnCancel() { End(absl::CancelledError("the client is gone")); }

void UnaryRead::OnDone() {
  if (stream_ != nullptr) stream_->Forget(this);
  if (id_) core_->calls().Leave(*id_);
  self_.reset();
}

}  // namespace s2::emulator
