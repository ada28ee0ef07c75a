// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/read/read_core.h"

#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"

namespace s2::internal {
namespace {

// To sleep costs the consumer, and whoever wakes it, more than a busy stream takes to bring the
// next small batch: before it sleeps, it lets others go first so often.
constexpr int kYields = 10;
// Servers that send a session on and on are failing.
constexpr int kMaxMoves = 8;

// If positions are missing before or within the frame, drops all behind them and returns them.
std::optional<SeqNumRange> CutAtGap(std::optional<SeqNumRange> skipped, ReadFrame* frame) {
  if (!skipped && frame->runs.size() < 2) return std::nullopt;
  frame->tail.reset();
  if (skipped) {
    frame->runs.clear();
    return skipped;
  }
  const SeqNumRange gap = {frame->runs[0].seq_nums.end, frame->runs[1].seq_nums.begin};
  frame->runs.resize(1);
  frame->runs.front().result.batch.clear_tail();
  return gap;
}

}  // namespace

ReadCore::ReadCore(std::string name, std::shared_ptr<Transport> transport, Runtime runtime,
                   const rpc::v1::ReadRequest& request, const ReadSessionOptions& options)
    : name_(std::move(name)),
      transport_(std::move(transport)),
      runtime_(std::move(runtime)),
      options_(options),
      callbacks_(std::make_shared<SerialExecutor>(runtime_.executor)),
      cursor_(request),
      buffer_(cursor_.next_seq_num()),
      backoff_(options.retry),
      progress_at_(runtime_.clock->Now()) {}

void ReadCore::Start() {
  Actions actions;
  {
    absl::MutexLock lock(&mu_);
    OpenLocked(runtime_.clock->Now(), &actions);
  }
  Act(std::move(actions));
}

ReadCore::Result ReadCore::Next(absl::Time deadline) {
  Actions actions;
  Result result = WaitAndTake(deadline, &actions);
  Act(std::move(actions));
  return result;
}

ReadCore::Result ReadCore::WaitAndTake(absl::Time deadline, Actions* actions) {
  absl::MutexLock lock(&mu_);
  if (taking_) return OneAtATime();
  taking_ = true;
  for (int i = 0; i < kYields && !ReadyLocked(); ++i) {
    mu_.Unlock();
    std::this_thread::yield();
    mu_.Lock();
  }
  const bool ready = mu_.AwaitWithDeadline(absl::Condition(this, &ReadCore::ReadyLocked), deadline);
  taking_ = false;
  if (ready) return TakeLocked(actions);
  return absl::DeadlineExceededError(
      absl::StrCat("read session on ", name_, ": no batch before the deadline"));
}

void ReadCore::NextAsync(Callback callback) {
  Actions actions;
  {
    absl::MutexLock lock(&mu_);
    if (taking_) {
      callbacks_->Add([error = OneAtATime(), callback = std::move(callback)]() mutable {
        callback(std::move(error));
      });
      actions.kick = true;
    } else {
      taking_ = true;
      next_callback_ = std::move(callback);
      if (ReadyLocked()) WakeConsumerLocked(&actions);
    }
  }
  Act(std::move(actions));
}

ReadProgress ReadCore::progress() const {
  absl::MutexLock lock(&mu_);
  return buffer_.taken();
}

ReadSessionStats ReadCore::Stats() const {
  absl::MutexLock lock(&mu_);
  ReadSessionStats stats;
  stats.records = buffer_.taken().records;
  stats.bytes = buffer_.taken().bytes;
  stats.buffered_bytes = buffer_.held_bytes();
  stats.attempts = attempts_;
  stats.last_error = last_error_;
  return stats;
}

// Together with what is held for the consumer, no more is kept than may be held for it.
void ReadCore::Recycle(v1::ReadBatch&& batch) {
  const std::optional<size_t> bytes = SpareBytes(batch);
  if (!bytes) return;
  absl::MutexLock lock(&mu_);
  const size_t kept = buffer_.held_bytes() + spares_.bytes();
  if (kept + *bytes <= options_.max_buffered_bytes) spares_.Put(std::move(batch), *bytes);
}

void ReadCore::Abort(absl::string_view why) {
  Actions actions;
  {
    absl::MutexLock lock(&mu_);
    if (state_ == State::kEnded && buffer_.empty()) return;
    buffer_.Clear();
    actions.cancel = call_;
    EndLocked(
        MakeError(ErrorCode::kSessionDropped, absl::StrCat("read session on ", name_, ": ", why)),
        &actions);
  }
  Act(std::move(actions));
}

void ReadCore::OpenLocked(absl::Time now, Actions* actions) {
  state_ = State::kOpening;
  ++attempts_;
  ++tries_;
  attempt_ = std::make_shared<ReadAttempt>(weak_from_this(), cursor_.NextRequest(now));
  actions->open = attempt_;
  SetDeadlineLocked(now + options_.open_timeout);
}

void ReadCore::Act(Actions&& actions) {
  if (actions.cancel) actions.silent ? actions.cancel->Abandon() : actions.cancel->Cancel();
  if (actions.read) actions.read->Read(actions.batch);
  if (actions.open) Open(actions.open);
  if (actions.kick) callbacks_->Kick();
}

void ReadCore::Open(const std::shared_ptr<ReadAttempt>& attempt) {
  std::shared_ptr<ReadCall> call = transport_->Read(attempt->request(), attempt);
  Actions actions;
  {
    absl::MutexLock lock(&mu_);
    if (attempt == attempt_) {
      call_ = std::move(call);
      ReadLocked(runtime_.clock->Now(), &actions);
    } else {
      actions.cancel = std::move(call);
    }
  }
  Act(std::move(actions));
}

void ReadCore::OnAccepted(const ReadAttempt* attempt) {
  absl::MutexLock lock(&mu_);
  if (attempt != attempt_.get() || state_ == State::kStreaming) return;
  state_ = State::kStreaming;
  SetDeadlineLocked(reading_ ? runtime_.clock->Now() + options_.heartbeat_timeout
                             : absl::InfiniteFuture());
}

// The first Read is asked for before the server has accepted: without one, nobody would hear that
// it refused.
void ReadCore::ReadLocked(absl::Time now, Actions* actions) {
  reading_ = true;
  actions->read = call_;
  actions->batch = attempt_->MakeReady();
  spares_.Take(actions->batch);
  if (state_ == State::kStreaming) SetDeadlineLocked(now + options_.heartbeat_timeout);
}

void ReadCore::OnFrame(const ReadAttempt* attempt, ReadFrame* frame) {
  absl::Status received = TakeApart(options_.skip_commands, frame);
  const absl::Time now = runtime_.clock->Now();
  Actions actions;
  {
    absl::MutexLock lock(&mu_);
    if (attempt != attempt_.get()) return;
    if (received.ok()) received = ReceiveLocked(frame, now);
    if (!received.ok()) {
      actions.cancel = call_;
      FailLocked(received, now, &actions);
    } else if (buffer_.held_bytes() < options_.max_buffered_bytes) {
      ReadLocked(now, &actions);
    } else {
      reading_ = false;
      SetDeadlineLocked(absl::InfiniteFuture());
    }
    if (!buffer_.empty()) WakeConsumerLocked(&actions);
    WakeCaughtUpLocked(&actions);
  }
  Act(std::move(actions));
}

absl::Status ReadCore::ReceiveLocked(ReadFrame* frame, absl::Time now) {
  const absl::StatusOr<std::optional<SeqNumRange>> skipped = cursor_.OnFrame(*frame, now);
  if (!skipped.ok()) return skipped.status();
  state_ = State::kStreaming;
  backoff_.Reset();
  moves_ = 0;
  tries_ = 1;
  progress_at_ = now;
  if (!options_.fail_on_skipped) {
    buffer_.Push(frame, *skipped, cursor_.next_seq_num());
    return absl::OkStatus();
  }
  const std::optional<SeqNumRange> gap = CutAtGap(*skipped, frame);
  buffer_.Push(frame, std::nullopt, gap ? gap->begin : cursor_.next_seq_num());
  if (!gap) return absl::OkStatus();
  return MakeError(ErrorCode::kRecordsSkipped, absl::StrCat("records ", gap->begin, " to ",
                                                            gap->end - 1, " have been trimmed"));
}

absl::Status ReadCore::OneAtATime() const {
  return MakeError(ErrorCode::kInvalid,
                   absl::StrCat("read session on ", name_,
                                ": a Next or NextAsync is under way; the limit is one at a time"));
}

ReadCore::Result ReadCore::TakeLocked(Actions* actions) {
  if (buffer_.empty()) {
    if (end_.ok()) return std::nullopt;
    return end_;
  }
  Result result(absl::in_place, buffer_.Take());
  WakeCaughtUpLocked(actions);
  // Not as soon as there is room: then a consumer at the limit would ask for each batch alone.
  if (call_ != nullptr && !reading_ && buffer_.held_bytes() <= options_.max_buffered_bytes / 2) {
    ReadLocked(runtime_.clock->Now(), actions);
  }
  return result;
}

void ReadCore::OnDone(const ReadAttempt* attempt, const absl::Status& status) {
  Actions actions;
  {
    absl::MutexLock lock(&mu_);
    if (attempt != attempt_.get()) return;
    if (status.ok()) {
      EndLocked(status, &actions);
    } else {
      FailLocked(status, runtime_.clock->Now(), &actions);
    }
  }
  Act(std::move(actions));
}

void ReadCore::OnTimer(uint32_t id) {
  Actions actions;
  {
    absl::MutexLock lock(&mu_);
    if (id != timer_id_) return;
    timer_at_ = absl::InfiniteFuture();
    const absl::Time now = runtime_.clock->Now();
    if (now < deadline_) {
      SetDeadlineLocked(deadline_);
      return;
    }
    actions.silent = true;
    switch (state_) {
      case State::kOpening:
        actions.cancel = call_;
        FailLocked(MakeError(ErrorCode::kOpenTimeout,
                             absl::StrCat("the server did not accept the session within ",
                                          absl::FormatDuration(options_.open_timeout))),
                   now, &actions);
        break;
      case State::kStreaming:
        actions.cancel = call_;
        FailLocked(MakeError(ErrorCode::kHeartbeatTimeout,
                             absl::StrCat("neither a batch nor a heartbeat came within ",
                                          absl::FormatDuration(options_.heartbeat_timeout))),
                   now, &actions);
        break;
      case State::kBackoff:
        OpenLocked(now, &actions);
        break;
      case State::kEnded:
        break;
    }
  }
  Act(std::move(actions));
}

void ReadCore::FailLocked(const absl::Status& error, absl::Time now, Actions* actions) {
  DropAttemptLocked();
  last_error_ = error;
  if (cursor_.IsCleanEnd(error)) return EndLocked(absl::OkStatus(), actions);
  if (!MayRetry(error, AppendRetryPolicy::kAtLeastOnce, false)) {
    return EndLocked(DescribeLocked(error, now), actions);
  }
  if (ReconnectForwarded(error) && moves_ < kMaxMoves) {
    ++moves_;
    LogLocked(absl::StrCat("moves: ", error.message()), actions);
    buffer_.FallBehind();
    return OpenLocked(now, actions);
  }
  const std::optional<absl::Duration> pause =
      backoff_.Next(now, RetryAfter(error), runtime_.random);
  if (!pause) return EndLocked(DescribeLocked(error, now), actions);
  LogLocked(absl::StrCat("retries in ", absl::FormatDuration(*pause), ": ", error.message()),
            actions);
  buffer_.FallBehind();
  state_ = State::kBackoff;
  SetDeadlineLocked(now + *pause);
}

void ReadCore::EndLocked(const absl::Status& end, Actions* actions) {
  LogLocked(absl::StrCat("ends: ", end.ok() ? "OK" : end.message()), actions);
  state_ = State::kEnded;
  end_ = end;
  DropAttemptLocked();
  SetDeadlineLocked(absl::InfiniteFuture());
  timer_.reset();
  WakeConsumerLocked(actions);
  WakeCaughtUpLocked(actions);
}

void ReadCore::WakeConsumerLocked(Actions* actions) {
  if (next_callback_ == nullptr || next_added_) return;
  next_added_ = true;
  callbacks_->Add([self = shared_from_this()] { self->RunNextCallback(); });
  actions->kick = true;
}

// The batch counts as taken when its callback begins, not when it is queued.
void ReadCore::RunNextCallback() {
  Actions actions;
  Callback callback;
  Result result = std::nullopt;
  {
    absl::MutexLock lock(&mu_);
    taking_ = next_added_ = false;
    callback = std::exchange(next_callback_, nullptr);
    result = TakeLocked(&actions);
  }
  Act(std::move(actions));
  callback(std::move(result));
}

void ReadCore::DropAttemptLocked() {
  attempt_.reset();
  call_.reset();
  reading_ = false;
}

void ReadCore::SetDeadlineLocked(absl::Time deadline) {
  deadline_ = deadline;
  if (deadline_ >= timer_at_) return;
  timer_at_ = deadline_;
  timer_ = runtime_.clock->CallAt(deadline_, [weak = weak_from_this(), id = ++timer_id_] {
    if (auto self = weak.lock()) self->OnTimer(id);
  });
}

absl::Status ReadCore::DescribeLocked(const absl::Status& error, absl::Time now) const {
  const absl::Duration elapsed = absl::Trunc(now - progress_at_, absl::Milliseconds(1));
  return WithContext(error, absl::StrCat("read session on ", name_, " (", tries_,
                                         tries_ == 1 ? " attempt in " : " attempts in ",
                                         absl::FormatDuration(elapsed), ")"));
}

void ReadCore::LogLocked(absl::string_view what, Actions* actions) {
  if (!runtime_.log) return;
  callbacks_->Add([log = runtime_.log, line = absl::StrCat("read session on ", name_, " ", what)] {
    log(line);
  });
  actions->kick = true;
}

}  // namespace s2::internal
