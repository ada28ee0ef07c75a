// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/emulator/internal/append_session.h"

#include <utility>

#include "s2/record/validate.h"
#include "s2/retry/grpc_status.h"
#include "s2/server/internal/call_metadata.h"
#include "s2/wire/metadata.h"

namespace s2::emulator {
namespace {

// Acks that a client which does not read may be owed, before its inputs are no longer read.
constexpr size_t kMaxOwed = 1000;

constexpr char kRpc[] = "AppendSession";

}  // namespace

grpc::ServerBidiReactor<v1::AppendInput, v1::AppendAck>* AppendSession::Start(
    std::shared_ptr<Core> core, grpc::CallbackServerContext* context) {
  std::shared_ptr<AppendSession> session(new AppendSession(std::move(core), context));
  session->self_ = session;
  session->Open();
  return session.get();
}

void AppendSession::Open() {
  absl::StatusOr<uint64_t> id = core_->calls().Enter(weak_from_this());
  if (!id.ok()) {
    return core_->calls().Refuse([self = self_, status = id.status()] { self->Cut(status); });
  }
  id_ = *id;
  core_->meter().SessionOpened(server::SessionKind::kAppend);
  absl::StatusOr<std::string> basin = server::GetBasin(*context_);
  if (!basin.ok()) return Cut(basin.status());
  absl::StatusOr<std::string> stream = server::GetStream(*context_);
  if (!stream.ok()) return Cut(stream.status());
  basin_ = *std::move(basin);
  stream_name_ = *std::move(stream);

  const auto fault = core_->faults().Strike({kRpc, basin_, stream_name_, std::nullopt, nullptr});
  if (!fault) return Accept();
  switch (fault->kind) {
    case FaultAction::Kind::kFail:
    case FaultAction::Kind::kCut:
      if (fault->after_effect) (void)FindStream();
      return Cut(fault->error);
    case FaultAction::Kind::kReconnect:
      return Cut(server::DrainingError(0));
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
    case FaultAction::Kind::kMutate:
    case FaultAction::Kind::kNoHeartbeats:
    case FaultAction::Kind::kApplyLate:
      return Accept();
  }
}

absl::Status AppendSession::FindStream() {
  absl::StatusOr<rpc::v1::StreamConfig> config = server::GetStreamConfig(*context_);
  if (!config.ok()) return config.status();
  absl::StatusOr<std::shared_ptr<Stream>> stream =
      core_->account().OpenStream(basin_, stream_name_, Access::kAppend, *config,
                                  server::GetEncryptionKey(*context_).has_value());
  if (!stream.ok()) return stream.status();
  stream_ = *std::move(stream);
  return absl::OkStatus();
}

void AppendSession::Accept() {
  {
    absl::MutexLock lock(&mu_);
    if (state_ != State::kIdle || end_ || cut_) return;
    state_ = State::kAccepting;
  }
  const absl::Status found = FindStream();
  if (found.ok()) {
    context_->AddInitialMetadata(wire::kAcceptedKey, wire::kAcceptedValue);
    StartSendInitialMetadata();
    StartRead(&input_);
    stream_->WatchDeletion(shared_from_this());
  }
  {
    absl::MutexLock lock(&mu_);
    state_ = State::kIdle;
    if (!found.ok()) cut_ = found;
  }
  Pump();
  if (found.ok() && stream_->deleted()) OnStreamChange();
}

void AppendSession::OnReadDone(bool ok) {
  if (!ok) return End(absl::OkStatus());
  bool take;
  {
    absl::MutexLock lock(&mu_);
    take = !end_ && !cut_ && !draining_;
    taking_ = take;
  }
  if (take) {
    core_->meter().Received(input_.ByteSizeLong());
    TakeInput();
  }
  bool read_on;
  {
    absl::MutexLock lock(&mu_);
    if (take) ++taken_;
    taking_ = false;
    if (draining_ && !end_) end_ = server::DrainingError(taken_);
    paused_ = owed_.size() >= kMaxOwed;
    read_on = !paused_ && state_ != State::kFinished;
  }
  if (read_on) StartRead(&input_);
  Pump();
}

void AppendSession::TakeInput() {
  if (late_) return KeepForLater();
  if (core_->faults().empty()) return Append(absl::ZeroDuration(), {});
  uint64_t index;
  {
    absl::MutexLock lock(&mu_);
    index = taken_;
  }
  std::optional<FaultAction> fault =
      core_->faults().Strike({kRpc, basin_, stream_name_, index, &input_});
  if (!fault) return Append(absl::ZeroDuration(), {});
  switch (fault->kind) {
    case FaultAction::Kind::kFail:
      if (fault->after_effect) (void)stream_->Append(input_, *id_);
      return End(fault->error);
    case FaultAction::Kind::kCut:
      if (fault->after_effect) (void)stream_->Append(input_, *id_);
      return Cut(fault->error);
    case FaultAction::Kind::kSilence:
      return Append(absl::InfiniteDuration(), {});
    case FaultAction::Kind::kDelay:
      return Append(fault->delay, {});
    case FaultAction::Kind::kMutate:
    case FaultAction::Kind::kNoHeartbeats:
      return Append(absl::ZeroDuration(), *fault);
    case FaultAction::Kind::kReconnect:
      return End(server::DrainingError(index));
    case FaultAction::Kind::kApplyLate:
      late_inputs_ = fault->late_inputs;
      late_ = std::move(fault);
      return KeepForLater();
  }
}

void AppendSession::Append(absl::Duration delay, const FaultAction& fault) {
  const absl::Time taken = core_->clock().Now();
  if (absl::Status s = Validate(input_); !s.ok()) return End(s);
  absl::StatusOr<v1::AppendAck> ack = stream_->Append(input_, *id_);
  if (!ack.ok()) return End(ack.status());
  if (fault.mutate_ack) fault.mutate_ack(*ack);
  absl::MutexLock lock(&mu_);
  owed_.push_back({*std::move(ack), taken, core_->clock().Now() + delay});
}

void AppendSession::KeepForLater() {
  stream_->AppendLate(input_, *id_,
                      late_->late_after ? Stream::Late::kAfter : Stream::Late::kBefore);
  if (--late_inputs_ <= 0) Cut(late_->error);
}

void AppendSession::OnWriteDone(bool ok) {
  bool resume;
  {
    absl::MutexLock lock(&mu_);
    state_ = State::kIdle;
    if (!ok && !cut_) cut_ = absl::CancelledError("the client is gone");
    resume = paused_ && owed_.size() < kMaxOwed / 2 && !cut_;
    if (resume) paused_ = false;
  }
  if (resume) StartRead(&input_);
  Pump();
}

void AppendSession::End(const absl::Status& status) {
  {
    absl::MutexLock lock(&mu_);
    if (!end_) end_ = status;
    if (taking_) return;
  }
  Pump();
}

void AppendSession::Pump() {
  std::optional<absl::Status> finish;
  grpc::WriteOptions options;
  {
    absl::MutexLock lock(&mu_);
    if (state_ != State::kIdle) return;
    if (cut_) {
      finish = cut_;
    } else if (!owed_.empty()) {
      const absl::Time now = core_->clock().Now();
      if (owed_.front().due > now) return ArmLocked(owed_.front().due);
      core_->meter().Acked(now - owed_.front().taken);
      writing_ = std::move(owed_.front().ack);
      owed_.pop_front();
      if (!owed_.empty() && owed_.front().due <= now) options.set_buffer_hint();
    } else if (end_) {
      finish = end_;
    } else {
      return;
    }
    state_ = finish ? State::kFinished : State::kWriting;
  }
  if (finish) {
    core_->meter().SessionEnded(
        server::DescribeEnd(server::SessionKind::kAppend, *context_, *finish));
    Finish(ToGrpc(*finish));
  } else {
    core_->meter().Sent(writing_.ByteSizeLong());
    StartWrite(&writing_, options);
  }
}

void AppendSession::ArmLocked(absl::Time when) {
  if (when == armed_for_) return;
  armed_for_ = when;
  timer_ = core_->clock().CallAt(when, [self = weak_from_this()] {
    if (auto session = self.lock()) session->OnTimer();
  });
}

void AppendSession::OnTimer() {
  {
    absl::MutexLock lock(&mu_);
    armed_for_ = absl::InfiniteFuture();
  }
  Pump();
}

void AppendSession::OnStreamChange() { End(stream_->CheckTail().status()); }

void AppendSession::Drain() {
  {
    absl::MutexLock lock(&mu_);
    draining_ = true;
    if (!taking_ && !end_) end_ = server::DrainingError(taken_);
  }
  Pump();
}

void AppendSession::Cut(const absl::Status& error) {
  {
    absl::MutexLock lock(&mu_);
    if (!cut_) cut_ = error;
  }
  Pump();
}

void AppendSession::Kill() {
  {
    absl::MutexLock lock(&mu_);
    if (!cut_) cut_ = server::GoneError();
    if (state_ == State::kWriting) context_->TryCancel();
  }
  Pump();
}

void AppendSession::OnCancel() { Cut(absl::CancelledError("the client is gone")); }

void AppendSession::OnDone() {
  if (stream_ != nullptr) stream_->Forget(this);
  if (id_) {
    core_->meter().SessionClosed(server::SessionKind::kAppend);
    core_->calls().Leave(*id_);
  }
  self_.reset();
}

}  // namespace s2::emulator
