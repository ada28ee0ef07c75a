// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/emulator/internal/read_session.h"

#include <algorithm>
#include <utility>

#include "s2/emulator/internal/read_frame.h"
#include "s2/retry/grpc_status.h"
#include "s2/server/internal/call_metadata.h"
#include "s2/server/internal/read_request.h"
#include "s2/wire/metadata.h"

namespace s2::emulator {
namespace {

constexpr char kRpc[] = "ReadSession";

// A heartbeat comes after a random time between these, counted from the last frame.
constexpr absl::Duration kMinHeartbeat = absl::Seconds(5);
constexpr absl::Duration kMaxHeartbeat = absl::Seconds(15);

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* ReadSession::Start(std::shared_ptr<Core> core,
                                                               grpc::CallbackServerContext* context,
                                                               const grpc::ByteBuffer* request) {
  std::shared_ptr<ReadSession> session(new ReadSession(std::move(core), context));
  session->self_ = session;
  session->Open(*request);
  return session.get();
}

void ReadSession::Open(const grpc::ByteBuffer& bytes) {
  absl::StatusOr<uint64_t> id = core_->calls().Enter(weak_from_this());
  if (!id.ok()) {
    return core_->calls().Refuse([self = self_, status = id.status()] { self->End(status); });
  }
  id_ = *id;
  core_->meter().SessionOpened(server::SessionKind::kRead);
  absl::StatusOr<std::string> basin = server::GetBasin(*context_);
  if (!basin.ok()) return End(basin.status());
  absl::StatusOr<std::string> stream = server::GetStream(*context_);
  if (!stream.ok()) return End(stream.status());
  absl::StatusOr<rpc::v1::ReadRequest> request = server::ParseReadRequest(bytes);
  if (!request.ok()) return End(request.status());
  basin_ = *std::move(basin);
  stream_name_ = *std::move(stream);
  request_ = *std::move(request);

  const auto fault = core_->faults().Strike({kRpc, basin_, stream_name_, std::nullopt, nullptr});
  if (!fault) return Accept();
  switch (fault->kind) {
    case FaultAction::Kind::kFail:
    case FaultAction::Kind::kCut:
      return End(fault->error);
    case FaultAction::Kind::kReconnect:
      return End(server::DrainingError(0));
    case FaultAction::Kind::kSilence:
      return;
    case FaultAction::Kind::kDelay: {
      absl::MutexLock lock(&mu_);
      timer_ =
          core_->clock().CallAt(core_->clock().Now() + fault->delay, [self = weak_from_this()] {
            if (auto session = self.lock()) session->Accept();
          });
      return;
    }
    case FaultAction::Kind::kNoHeartbeats: {
      {
        absl::MutexLock lock(&mu_);
        heartbeats_ = false;
      }
      return Accept();
    }
    case FaultAction::Kind::kMutate:
    case FaultAction::Kind::kApplyLate:
      return Accept();
  }
}

absl::Status ReadSession::OpenReader() {
  absl::StatusOr<rpc::v1::StreamConfig> config = server::GetStreamConfig(*context_);
  if (!config.ok()) return config.status();
  absl::StatusOr<std::shared_ptr<Stream>> stream =
      core_->account().OpenStream(basin_, stream_name_, Access::kRead, *config,
                                  server::GetEncryptionKey(*context_).has_value());
  if (!stream.ok()) return stream.status();
  absl::StatusOr<Reader> reader = (*stream)->OpenReader(request_, Reader::Mode::kSession);
  if (!reader.ok()) return reader.status();
  stream_ = *std::move(stream);
  absl::MutexLock lock(&mu_);
  reader_ = *std::move(reader);
  return absl::OkStatus();
}

void ReadSession::Accept() {
  {
    absl::MutexLock lock(&mu_);
    if (state_ != State::kIdle || end_) return;
    state_ = State::kAccepting;
  }
  const absl::Status opened = OpenReader();
  if (opened.ok()) {
    context_->AddInitialMetadata(wire::kAcceptedKey, wire::kAcceptedValue);
    StartSendInitialMetadata();
  }
  {
    absl::MutexLock lock(&mu_);
    state_ = State::kIdle;
    if (!opened.ok()) end_ = opened;
  }
  Pump();
}

void ReadSession::Pump() {
  std::optional<absl::Status> finish;
  {
    absl::MutexLock lock(&mu_);
    if (state_ != State::kIdle) return;
    if (end_ || !NextFrameLocked()) {
      if (!end_) return;
      finish = end_;
    }
    state_ = finish ? State::kFinished : State::kWriting;
  }
  if (finish) {
    core_->meter().SessionEnded(
        server::DescribeEnd(server::SessionKind::kRead, *context_, *finish));
    Finish(ToGrpc(*finish));
  } else {
    core_->meter().Sent(frame_.Length());
    StartWrite(&frame_);
  }
}

bool ReadSession::NextFrameLocked() {
  if (!reader_) return false;
  if (held_) {
    if (core_->clock().Now() < held_until_) {
      ArmLocked(held_until_);
      return false;
    }
    held_ = false;
    return true;
  }
  while (true) {
    absl::StatusOr<ReadStep> step = stream_->Next(*reader_, shared_from_this());
    if (!step.ok()) {
      end_ = step.status();
      return false;
    }
    bool heartbeat = false;
    switch (step->kind) {
      case ReadStep::Kind::kEnd:
        end_ = absl::OkStatus();
        return false;
      case ReadStep::Kind::kIdle:
        if (!HeartbeatDueLocked(step->deadline)) return false;
        heartbeat = true;
        break;
      case ReadStep::Kind::kHeartbeat:
        if (!heartbeats_) continue;
        heartbeat = true;
        break;
      case ReadStep::Kind::kBatch:
        break;
    }
    heartbeat_due_ =
        core_->clock().Now() + kMinHeartbeat + (kMaxHeartbeat - kMinHeartbeat) * core_->Random();
    frame_ = MakeFrame(step->batch, step->tail);
    if (StrikeLocked(heartbeat)) return true;
    if (end_ || held_) return false;
  }
}

bool ReadSession::HeartbeatDueLocked(absl::Time deadline) {
  const absl::Time due = heartbeats_ ? heartbeat_due_ : absl::InfiniteFuture();
  if (core_->clock().Now() >= due) return true;
  ArmLocked(std::min(due, deadline));
  return false;
}

bool ReadSession::StrikeLocked(bool heartbeat) {
  const uint64_t index = frames_++;
  if (core_->faults().empty()) return true;
  const auto fault = core_->faults().Strike({kRpc, basin_, stream_name_, index, nullptr});
  if (!fault) return true;
  switch (fault->kind) {
    case FaultAction::Kind::kFail:
    case FaultAction::Kind::kCut:
      end_ = fault->error;
      return fault->after_effect;
    case FaultAction::Kind::kReconnect:
      end_ = server::DrainingError(0);
      return false;
    case FaultAction::Kind::kSilence:
    case FaultAction::Kind::kDelay:
      held_ = true;
      held_until_ = fault->kind == FaultAction::Kind::kSilence
                        ? absl::InfiniteFuture()
                        : core_->clock().Now() + fault->delay;
      ArmLocked(held_until_);
      return false;
    case FaultAction::Kind::kNoHeartbeats:
      heartbeats_ = false;
      return !heartbeat;
    case FaultAction::Kind::kMutate:
      if (fault->mutate_batch) MutateFrame(fault->mutate_batch, frame_);
      return true;
    case FaultAction::Kind::kApplyLate:
      return true;
  }
  return true;
}

void ReadSession::ArmLocked(absl::Time when) {
  if (when >= armed_for_) return;
  armed_for_ = when;
  timer_ = core_->clock().CallAt(when, [self = weak_from_this()] {
    if (auto session = self.lock()) session->OnTimer();
  });
}

void ReadSession::OnTimer() {
  {
    absl::MutexLock lock(&mu_);
    armed_for_ = absl::InfiniteFuture();
  }
  Pump();
}

void ReadSession::OnWriteDone(bool ok) {
  {
    absl::MutexLock lock(&mu_);
    state_ = State::kIdle;
    frame_.Clear();
    if (!ok && !end_) end_ = absl::CancelledError("the client is gone");
  }
  Pump();
}

void ReadSession::End(const absl::Status& status) {
  {
    absl::MutexLock lock(&mu_);
    if (!end_) end_ = status;
  }
  Pump();
}

void ReadSession::OnStreamChange() { Pump(); }

void ReadSession::Drain() { End(server::DrainingError(0)); }

void ReadSession::Kill() {
  {
    absl::MutexLock lock(&mu_);
    if (!end_) end_ = server::GoneError();
    if (state_ == State::kWriting) context_->TryCancel();
  }
  Pump();
}

void ReadSession::OnCancel() { End(absl::CancelledError("the client is gone")); }

void ReadSession::OnDone() {
  if (stream_ != nullptr) stream_->Forget(this);
  if (id_) {
    core_->meter().SessionClosed(server::SessionKind::kRead);
    core_->calls().Leave(*id_);
  }
  self_.reset();
}

}  // namespace s2::emulator
