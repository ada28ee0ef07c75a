// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/emulator/internal/read_session.h"

#include <algorithm>

#include "s2/emulator/internal/read_frame.h"
#include "s2/server/internal/call_metadata.h"
#include "s2/server/internal/read_request.h"

namespace s2::emulator {
namespace {

constexpr char kReadSession[] = "ReadSession";

// A heartbeat comes after a random time between these, counted from the last frame.
constexpr absl::Duration kMinHeartbeat = absl::Seconds(5);
constexpr absl::Duration kMaxHeartbeat = absl::Seconds(15);

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* ReadSession::Start(std::shared_ptr<Core> core,
                                                               grpc::CallbackServerContext* context,
                                                               const grpc::ByteBuffer& request) {
  const std::shared_ptr<ReadSession> session(new ReadSession(std::move(core), context));
  session->Open(request);
  return session.get();
}

void ReadSession::Open(const grpc::ByteBuffer& bytes) {
  {
    absl::MutexLock lock(&mu_);
    timer_.Start([weak = std::weak_ptr<ReadSession>(self())] {
      if (const auto session = weak.lock()) session->OnTimer();
    });
  }
  if (!Enter()) return;
  absl::StatusOr<std::string> basin = server::GetBasin(context());
  if (!basin.ok()) return Cut(basin.status());
  absl::StatusOr<std::string> stream = server::GetStream(context());
  if (!stream.ok()) return Cut(stream.status());
  absl::StatusOr<rpc::v1::ReadRequest> request = server::ParseReadRequest(bytes);
  if (!request.ok()) return Cut(request.status());
  basin_ = *std::move(basin);
  stream_name_ = *std::move(stream);
  request_ = *std::move(request);

  const auto fault =
      core_->faults().Strike({kReadSession, basin_, stream_name_, std::nullopt, nullptr});
  if (!fault) return Begin();
  switch (fault->kind) {
    case FaultAction::Kind::kFail:
    case FaultAction::Kind::kCut:
      return Cut(fault->error);
    case FaultAction::Kind::kReconnect:
      return Cut(server::DrainingError(0));
    case FaultAction::Kind::kSilence:
      return;
    case FaultAction::Kind::kDelay: {
      absl::MutexLock lock(&mu_);
      return timer_.Set(core_->clock()->Now() + fault->delay);
    }
    case FaultAction::Kind::kNoHeartbeats: {
      {
        absl::MutexLock lock(&mu_);
        heartbeats_ = false;
      }
      return Begin();
    }
    case FaultAction::Kind::kMutate:
    case FaultAction::Kind::kApplyLate:
      return Begin();
  }
}

void ReadSession::Begin() {
  {
    absl::MutexLock lock(&mu_);
    begun_ = true;
    if (ending_locked()) return;
    HoldLocked();
  }
  const absl::Status opened = OpenReader();
  if (opened.ok()) {
    Accept();
  } else {
    Cut(opened);
  }
  Release();
}

absl::Status ReadSession::OpenReader() {
  absl::StatusOr<rpc::v1::StreamConfig> config = server::GetStreamConfig(context());
  if (!config.ok()) return config.status();
  absl::StatusOr<std::shared_ptr<Stream>> stream =
      core_->account().OpenStream(basin_, stream_name_, Access::kRead, *config,
                                  server::GetEncryptionKey(context()).has_value());
  if (!stream.ok()) return stream.status();
  absl::StatusOr<Reader> reader = (*stream)->OpenReader(request_, Reader::Mode::kSession);
  if (!reader.ok()) return reader.status();
  stream_ = *std::move(stream);
  absl::MutexLock lock(&mu_);
  reader_ = *std::move(reader);
  return absl::OkStatus();
}

ReadSession::Next ReadSession::NextMessageLocked(grpc::ByteBuffer& frame) {
  if (ending_locked()) return Next::kNone;
  if (held_until_) {
    if (core_->clock()->Now() < *held_until_) {
      timer_.Set(*held_until_);
      return Next::kNone;
    }
    held_until_.reset();
    return Next::kMessage;
  }
  while (true) {
    absl::StatusOr<ReadStep> step = stream_->Next(*reader_, self());
    if (!step.ok()) {
      EndLocked(step.status());
      return Next::kNone;
    }
    bool is_heartbeat = false;
    switch (step->kind) {
      case ReadStep::Kind::kEnd:
        EndLocked(absl::OkStatus());
        return Next::kNone;
      case ReadStep::Kind::kIdle:
        if (!HeartbeatDueLocked(step->deadline)) return Next::kNone;
        is_heartbeat = true;
        break;
      case ReadStep::Kind::kHeartbeat:
        if (!heartbeats_) continue;
        is_heartbeat = true;
        break;
      case ReadStep::Kind::kBatch:
        break;
    }
    heartbeat_due_ =
        core_->clock()->Now() + kMinHeartbeat + (kMaxHeartbeat - kMinHeartbeat) * core_->Random();
    frame = MakeFrame(step->batch, step->tail);
    if (StrikeLocked(frame, is_heartbeat)) return Next::kMessage;
    if (ending_locked() || held_until_) return Next::kNone;
  }
}

bool ReadSession::HeartbeatDueLocked(absl::Time deadline) {
  const absl::Time due = heartbeats_ ? heartbeat_due_ : absl::InfiniteFuture();
  if (core_->clock()->Now() >= due) return true;
  timer_.Set(std::min(due, deadline));
  return false;
}

bool ReadSession::StrikeLocked(grpc::ByteBuffer& frame, bool is_heartbeat) {
  const uint64_t index = frames_++;
  if (core_->faults().empty()) return true;
  const auto fault = core_->faults().Strike({kReadSession, basin_, stream_name_, index, nullptr});
  if (!fault) return true;
  switch (fault->kind) {
    case FaultAction::Kind::kFail:
    case FaultAction::Kind::kCut:
      EndLocked(fault->error);
      return fault->after_effect;
    case FaultAction::Kind::kReconnect:
      EndLocked(server::DrainingError(0));
      return false;
    case FaultAction::Kind::kSilence:
    case FaultAction::Kind::kDelay:
      held_until_ = fault->kind == FaultAction::Kind::kSilence
                        ? absl::InfiniteFuture()
                        : core_->clock()->Now() + fault->delay;
      timer_.Set(*held_until_);
      return false;
    case FaultAction::Kind::kNoHeartbeats:
      heartbeats_ = false;
      return !is_heartbeat;
    case FaultAction::Kind::kMutate:
      if (fault->mutate_batch) MutateFrame(fault->mutate_batch, frame);
      return true;
    case FaultAction::Kind::kApplyLate:
      return true;
  }
  return true;
}

void ReadSession::OnTimer() {
  bool begin;
  {
    absl::MutexLock lock(&mu_);
    if (!timer_.Due()) return;
    begin = !begun_;
  }
  if (begin) return Begin();
  Pump();
}

void ReadSession::OnDone() {
  if (stream_ != nullptr) stream_->Forget(this);
  WriteReactor::OnDone();
}

}  // namespace s2::emulator
