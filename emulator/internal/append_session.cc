// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/emulator/internal/append_session.h"

#include "s2/record/validate.h"
#include "s2/server/internal/call_metadata.h"

namespace s2::emulator {
namespace {

// Acks that a client which does not read may be owed; then its inputs are not read either.
constexpr size_t kMaxOwed = 1000;

constexpr char kAppendSession[] = "AppendSession";

}  // namespace

grpc::ServerBidiReactor<v1::AppendInput, v1::AppendAck>* AppendSession::Start(
    std::shared_ptr<Core> core, grpc::CallbackServerContext* context) {
  const std::shared_ptr<AppendSession> session(new AppendSession(std::move(core), context));
  session->Open();
  return session.get();
}

void AppendSession::Open() {
  {
    absl::MutexLock lock(&mu_);
    timer_.Start([weak = std::weak_ptr<AppendSession>(self())] {
      if (const auto session = weak.lock()) session->OnTimer();
    });
  }
  if (!Enter()) return;
  absl::StatusOr<std::string> basin = server::GetBasin(context());
  if (!basin.ok()) return Cut(basin.status());
  absl::StatusOr<std::string> stream = server::GetStream(context());
  if (!stream.ok()) return Cut(stream.status());
  basin_ = *std::move(basin);
  stream_name_ = *std::move(stream);

  const auto fault =
      core_->faults().Strike({kAppendSession, basin_, stream_name_, std::nullopt, nullptr});
  if (!fault) return Begin();
  switch (fault->kind) {
    case FaultAction::Kind::kFail:
    case FaultAction::Kind::kCut:
      if (fault->after_effect) (void)OpenStream();
      return Cut(fault->error);
    case FaultAction::Kind::kReconnect:
      return Cut(server::DrainingError(0));
    case FaultAction::Kind::kSilence:
      return;
    case FaultAction::Kind::kDelay: {
      absl::MutexLock lock(&mu_);
      return timer_.Set(core_->clock()->Now() + fault->delay);
    }
    case FaultAction::Kind::kMutate:
    case FaultAction::Kind::kNoHeartbeats:
    case FaultAction::Kind::kApplyLate:
      return Begin();
  }
}

void AppendSession::Begin() {
  {
    absl::MutexLock lock(&mu_);
    begun_ = true;
    if (ending_locked()) return;
    HoldLocked();
  }
  const absl::Status opened = OpenStream();
  if (opened.ok()) {
    Accept();
    StartInputs();
    stream_->WatchDeletion(self());
    if (stream_->deleted()) OnStreamChange();
  } else {
    Cut(opened);
  }
  Release();
}

absl::Status AppendSession::OpenStream() {
  absl::StatusOr<rpc::v1::StreamConfig> config = server::GetStreamConfig(context());
  if (!config.ok()) return config.status();
  absl::StatusOr<std::shared_ptr<Stream>> stream =
      core_->account().OpenStream(basin_, stream_name_, Access::kAppend, *config,
                                  server::GetEncryptionKey(context()).has_value());
  if (!stream.ok()) return stream.status();
  stream_ = *std::move(stream);
  return absl::OkStatus();
}

void AppendSession::OnInput(v1::AppendInput& input) {
  uint64_t index;
  {
    absl::MutexLock lock(&mu_);
    index = taken_locked();
    if (!TakeLocked()) return;
  }
  if (late_) return AppendLate(input);
  if (core_->faults().empty()) return Append(input, absl::ZeroDuration(), {});
  std::optional<FaultAction> fault =
      core_->faults().Strike({kAppendSession, basin_, stream_name_, index, &input});
  if (!fault) return Append(input, absl::ZeroDuration(), {});
  switch (fault->kind) {
    case FaultAction::Kind::kFail:
      if (fault->after_effect) (void)stream_->Append(input, id());
      return End(fault->error);
    case FaultAction::Kind::kCut:
      if (fault->after_effect) (void)stream_->Append(input, id());
      return Cut(fault->error);
    case FaultAction::Kind::kSilence:
      return Append(input, absl::InfiniteDuration(), {});
    case FaultAction::Kind::kDelay:
      return Append(input, fault->delay, {});
    case FaultAction::Kind::kMutate:
    case FaultAction::Kind::kNoHeartbeats:
      return Append(input, absl::ZeroDuration(), *fault);
    case FaultAction::Kind::kReconnect:
      return End(server::DrainingError(index));
    case FaultAction::Kind::kApplyLate:
      late_inputs_ = fault->late_inputs;
      late_ = std::move(fault);
      return AppendLate(input);
  }
}

void AppendSession::Append(const v1::AppendInput& input, absl::Duration delay,
                           const FaultAction& fault) {
  const absl::Time taken = core_->clock()->Now();
  if (absl::Status s = Validate(input); !s.ok()) return End(s);
  absl::StatusOr<v1::AppendAck> ack = stream_->Append(input, id());
  if (!ack.ok()) return End(ack.status());
  if (fault.mutate_ack) fault.mutate_ack(*ack);
  absl::MutexLock lock(&mu_);
  owed_.push_back({*std::move(ack), taken, core_->clock()->Now() + delay});
}

void AppendSession::AppendLate(const v1::AppendInput& input) {
  stream_->AppendLate(input, id(),
                      late_->late_after ? Stream::Late::kAfter : Stream::Late::kBefore);
  if (--late_inputs_ <= 0) Cut(late_->error);
}

bool AppendSession::WantsInputLocked() const { return owed_.size() < kMaxOwed; }

AppendSession::Next AppendSession::NextMessageLocked(v1::AppendAck& message) {
  // The input that is here will be owed an ack too.
  if (owed_.empty()) return has_input_locked() ? Next::kLater : Next::kNone;
  const absl::Time now = core_->clock()->Now();
  if (owed_.front().due > now) {
    timer_.Set(owed_.front().due);
    return Next::kLater;
  }
  core_->meter().Acked(now - owed_.front().taken);
  message = std::move(owed_.front().ack);
  owed_.pop_front();
  const bool more = !owed_.empty() && owed_.front().due <= now;
  return more ? Next::kMessageAndMore : Next::kMessage;
}

void AppendSession::OnTimer() {
  bool begin;
  {
    absl::MutexLock lock(&mu_);
    if (!timer_.Due()) return;
    begin = !begun_;
  }
  if (begin) return Begin();
  Pump();
}

void AppendSession::OnStreamChange() { End(stream_->CheckTail().status()); }

void AppendSession::OnDone() {
  if (stream_ != nullptr) stream_->Forget(this);
  BidiReactor::OnDone();
}

}  // namespace s2::emulator
