// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/read/read_core.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"
#include "s2/retry/internal/await_until.h"
#include "s2/session/internal/misuse.h"

namespace s2::internal {
namespace {

// To sleep costs the consumer, and whoever wakes it, more than a busy stream takes to bring the
// next small batch: before it sleeps, it lets others go first so often.
constexpr int kYields = 10;

constexpr absl::string_view kWaitOver = "its wait is over";

absl::Status OneAtATime() {
  return MakeError(ErrorCode::kInvalid,
                   "a Next or NextAsync is under way; the limit is one at a time");
}

// If positions are missing before or within the frame, drops all behind them and returns them.
std::optional<SeqNumRange> CutAtGap(std::optional<SeqNumRange> skipped, ReadFrame& frame) {
  if (!skipped && frame.runs.size() < 2) return std::nullopt;
  frame.tail.reset();
  if (skipped) {
    frame.runs.clear();
    return skipped;
  }
  const SeqNumRange gap = {frame.runs[0].seq_nums.end, frame.runs[1].seq_nums.begin};
  frame.runs.resize(1);
  frame.runs.front().result.batch.clear_tail();
  return gap;
}

}  // namespace

ReadCore::ReadCore(const std::string& name, std::shared_ptr<Transport> transport,
                   const Runtime& runtime, const rpc::v1::ReadRequest& request,
                   const ReadSessionOptions& options)
    : name_(absl::StrCat("read session on ", name)),
      transport_(std::move(transport)),
      clock_(runtime.clock),
      log_(runtime.log),
      options_(options),
      callbacks_(std::make_shared<SerialExecutor>(runtime.executor)),
      cursor_(request),
      buffer_(cursor_.next_seq_num()),
      stream_(options),
      caught_up_(callbacks_),
      recovery_(AppendRetryPolicy::kAtLeastOnce, options.retry, runtime.random),
      timer_(clock_) {}

void ReadCore::Start() {
  ReadActions actions;
  {
    absl::MutexLock lock(&mu_);
    timer_.Start([weak = weak_from_this()] {
      if (auto core = weak.lock()) core->OnTimer();
    });
    OpenLocked("start", actions);
  }
  Perform(std::move(actions));
}

absl::StatusOr<ReadResult> ReadCore::Next(absl::Time deadline) {
  const absl::Time at = clock_->FromWall(deadline);
  ReadActions actions;
  absl::StatusOr<ReadResult> result;
  {
    absl::MutexLock lock(&mu_);
    if (taking_) return WithContext(OneAtATime(), name_);
    taking_ = true;
    const int yields = ReadyLocked() || at <= clock_->Now() ? 0 : kYields;
    for (int i = 0; i < yields && !ReadyLocked(); ++i) {
      mu_.Unlock();
      std::this_thread::yield();
      mu_.Lock();
    }
    if (AwaitUntil(mu_, absl::Condition(this, &ReadCore::ReadyLocked), *clock_, at)) {
      result = TakeLocked(actions);
    } else {
      result = WithContext(absl::DeadlineExceededError("no batch before the deadline"), name_);
    }
    taking_ = false;
  }
  Perform(std::move(actions));
  return result;
}

void ReadCore::NextAsync(Callback callback) {
  if (callback == nullptr) Misuse("ReadSession::NextAsync was given no callback");
  {
    absl::MutexLock lock(&mu_);
    if (taking_) {
      callbacks_->Add([error = WithContext(OneAtATime(), name_),
                       callback = std::move(callback)]() mutable { callback(std::move(error)); });
    } else {
      taking_ = true;
      next_callback_ = std::move(callback);
      if (ReadyLocked()) WakeConsumerLocked();
    }
  }
  Perform({});
}

absl::StatusOr<v1::StreamPosition> ReadCore::WaitCaughtUp(absl::Time deadline) {
  const absl::Time at = clock_->FromWall(deadline);
  absl::MutexLock lock(&mu_);
  if (auto answer = CaughtUpLocked()) return *std::move(answer);
  if (auto answer = caught_up_.Await(*clock_, at, mu_)) return *std::move(answer);
  return WithContext(absl::DeadlineExceededError("not caught up before the deadline"), name_);
}

void ReadCore::CaughtUpAsync(CaughtUp::Callback callback) {
  if (callback == nullptr) Misuse("ReadSession::CaughtUpAsync was given no callback");
  {
    absl::MutexLock lock(&mu_);
    caught_up_.Add(std::move(callback));
    WakeCaughtUpLocked();
  }
  Perform({});
}

ReadProgress ReadCore::progress() const {
  absl::MutexLock lock(&mu_);
  return buffer_.taken();
}

ReadSessionStats ReadCore::Stats() const {
  absl::MutexLock lock(&mu_);
  ReadSessionStats stats;
  stats.state = state_;
  if (state_ == State::kBackoff) {
    stats.next_attempt_in = std::max(retry_at_ - clock_->Now(), absl::ZeroDuration());
  }
  stats.records = buffer_.taken().records;
  stats.bytes = buffer_.taken().bytes;
  stats.buffered_bytes = buffer_.held_bytes();
  stats.attempts = attempts_;
  stats.last_error = last_error_;
  return stats;
}

// Together with what is held for the consumer, no more is kept than may be held for it.
void ReadCore::Recycle(v1::ReadBatch&& batch) {
  const size_t bytes = MakeSpare(batch);
  absl::MutexLock lock(&mu_);
  const size_t kept = buffer_.held_bytes() + spares_.bytes();
  if (kept + bytes <= options_.max_buffered_bytes) spares_.Put(std::move(batch), bytes);
}

void ReadCore::OnUnseenError(const absl::Status& error) {
  if (!log_) return;
  callbacks_->Add([log = log_, line = absl::StrCat(
                                   name_, ": a loop ended with an error that nobody looked at: ",
                                   error.message())] { log(line); });
  Perform({});
}

void ReadCore::Cancel(absl::string_view why) {
  ReadActions actions;
  {
    absl::MutexLock lock(&mu_);
    if (state_ == State::kEnded && buffer_.empty()) return;
    buffer_.Clear();
    EndLocked(WithContext(MakeError(ErrorCode::kSessionDropped, why), name_), why, actions);
  }
  Perform(std::move(actions));
}

// The next batch, or why there is none: there must be one of them.
absl::StatusOr<ReadResult> ReadCore::TakeLocked(ReadActions& actions) {
  if (buffer_.empty()) {
    if (end_.ok()) return ReadResult::End();
    return end_;
  }
  absl::StatusOr<ReadResult> result(buffer_.Take());
  WakeCaughtUpLocked();
  // Not as soon as there is room: then a consumer at the limit would ask for each batch alone.
  if (stream_.may_read() && buffer_.held_bytes() <= options_.max_buffered_bytes / 2) {
    const absl::Time now = clock_->Now();
    stream_.OnResumed(now);
    ReadLocked(now, actions);
  }
  return result;
}

// To be called when there is something to take.
void ReadCore::WakeConsumerLocked() {
  if (next_callback_ == nullptr || next_added_) return;
  next_added_ = true;
  callbacks_->Add([self = shared_from_this()] { self->RunNextCallback(); });
}

// The batch counts as taken when its callback begins, not when it is queued.
void ReadCore::RunNextCallback() {
  ReadActions actions;
  Callback callback;
  absl::StatusOr<ReadResult> result;
  {
    absl::MutexLock lock(&mu_);
    taking_ = next_added_ = false;
    callback = std::exchange(next_callback_, nullptr);
    result = TakeLocked(actions);
  }
  Perform(std::move(actions));
  callback(std::move(result));
}

// The answer to who waits to be caught up; nothing while it is to wait on.
std::optional<CaughtUp::Answer> ReadCore::CaughtUpLocked() const {
  if (buffer_.taken().caught_up) return *buffer_.taken().tail;
  if (state_ != State::kEnded || !buffer_.empty()) return std::nullopt;
  if (!end_.ok() && GetErrorCode(end_) != ErrorCode::kSessionDropped) return end_;
  return WithContext(MakeError(ErrorCode::kSessionClosed, "it ended before it was caught up"),
                     name_);
}

// To be called when what the consumer has may have changed.
void ReadCore::WakeCaughtUpLocked() {
  if (!buffer_.taken().caught_up && state_ != State::kEnded) return;  // as for most batches
  if (const auto answer = CaughtUpLocked()) caught_up_.OnAnswer(*answer);
}

void ReadCore::OpenLocked(absl::string_view why, ReadActions& actions) {
  const absl::Time now = clock_->Now();
  ++attempts_;
  recovery_.OnAttempt(now);
  stream_.Open(weak_from_this(), cursor_.NextRequest(now), now, actions);
  TransitionLocked(State::kOpening, why);
  timer_.Set(DeadlineLocked());
}

// The events of the call may have come already. The first Read is asked for before the server has
// accepted: without one, nobody would hear that it refused.
void ReadCore::OnOpened(const std::shared_ptr<ReadAttempt>& attempt,
                        std::shared_ptr<ReadCall> call) {
  ReadActions actions;
  {
    absl::MutexLock lock(&mu_);
    if (!stream_.IsCurrent(*attempt)) {
      actions.cancel = std::move(call);
    } else {
      stream_.OnOpened(std::move(call));
      ReadLocked(clock_->Now(), actions);
    }
  }
  Perform(std::move(actions));
}

void ReadCore::OnAccepted(const ReadAttempt& attempt) {
  {
    absl::MutexLock lock(&mu_);
    if (!stream_.IsCurrent(attempt)) return;
    AcceptedLocked(clock_->Now());
  }
  Perform({});
}

void ReadCore::AcceptedLocked(absl::Time now) {
  if (state_ == State::kStreaming) return;
  stream_.OnAccepted(now);
  cursor_.OnAccepted(now);
  TransitionLocked(State::kStreaming, "accepted");
  timer_.Set(DeadlineLocked());
}

void ReadCore::ReadLocked(absl::Time now, ReadActions& actions) {
  stream_.Read(spares_, now, actions);
  timer_.Set(DeadlineLocked());
}

void ReadCore::OnRead(ReadAttempt& attempt, bool ok) {
  if (!ok) return;  // OnDone says why
  absl::Status received = TakeApart(options_.skip_commands, &attempt.frame);
  const absl::Time now = clock_->Now();
  ReadActions actions;
  {
    absl::MutexLock lock(&mu_);
    if (!stream_.IsCurrent(attempt)) return;
    if (received.ok()) received = ReceiveLocked(attempt.frame, now);
    if (!received.ok()) {
      FailAttemptLocked(received, actions);
    } else {
      stream_.OnRead();
      if (const absl::string_view why = OverLocked(now); !why.empty()) {
        EndLocked(absl::OkStatus(), why, actions);
      } else if (buffer_.held_bytes() < options_.max_buffered_bytes) {
        ReadLocked(now, actions);
      }
    }
    if (!buffer_.empty()) WakeConsumerLocked();
    WakeCaughtUpLocked();
  }
  Perform(std::move(actions));
}

absl::Status ReadCore::ReceiveLocked(ReadFrame& frame, absl::Time now) {
  const std::optional<uint64_t> before = cursor_.next_seq_num();
  const absl::StatusOr<std::optional<SeqNumRange>> skipped = cursor_.OnFrame(frame, now);
  if (!skipped.ok()) return skipped.status();
  AcceptedLocked(now);
  // A heartbeat alone is a sign of life, and no progress: a stream that breaks behind each first
  // one must not be opened again for ever.
  if (cursor_.next_seq_num() != before || stream_.HasStood(now)) recovery_.OnProgress(now);
  if (cursor_.looks_behind_end() && !frame.runs.empty()) {
    frame.runs.clear();
    frame.tail.reset();
  }
  if (!options_.fail_on_skipped) {
    buffer_.Push(&frame, *skipped, cursor_.next_seq_num());
    return absl::OkStatus();
  }
  const std::optional<SeqNumRange> gap = CutAtGap(*skipped, frame);
  buffer_.Push(&frame, std::nullopt, gap ? gap->begin : cursor_.next_seq_num());
  if (!gap) return absl::OkStatus();
  return MakeError(ErrorCode::kRecordsSkipped, absl::StrCat("records ", gap->begin, " to ",
                                                            gap->end - 1, " have been trimmed"));
}

void ReadCore::OnDone(const ReadAttempt& attempt, const absl::Status& status) {
  ReadActions actions;
  {
    absl::MutexLock lock(&mu_);
    if (!stream_.IsCurrent(attempt)) return;
    status.ok() ? ServerEndedLocked(actions) : AttemptOverLocked(status, actions);
  }
  Perform(std::move(actions));
}

// Servers do not say why they end a stream. Where one stops at the tail, it may have passed over
// positions that are trimmed, with no record behind them to show it.
void ReadCore::ServerEndedLocked(ReadActions& actions) {
  if (cursor_.is_endless()) {
    return AttemptOverLocked(
        MakeError(ErrorCode::kStreamClosedEarly, "the server ended a read that has no end"),
        actions);
  }
  if (cursor_.looks_behind_end() || cursor_.KnowsItsEnd()) {
    return EndLocked(absl::OkStatus(), "the server ended it", actions);
  }
  stream_.End(actions);
  cursor_.LookBehindEnd();
  OpenLocked("the server ended it; looks behind the end", actions);
}

// We give the attempt up, and do not wait for its OnDone.
void ReadCore::FailAttemptLocked(const absl::Status& error, ReadActions& actions) {
  stream_.Cancel(actions);
  AttemptOverLocked(error, actions);
}

void ReadCore::AttemptOverLocked(const absl::Status& status, ReadActions& actions) {
  stream_.End(actions);
  const absl::Time now = clock_->Now();
  if (cursor_.IsCleanEnd(status, now)) {
    return EndLocked(absl::OkStatus(), status.message(), actions);
  }
  last_error_ = status;
  const RecoveryStep step = recovery_.OnFailure(status, false, now);
  switch (step.kind) {
    case RecoveryStep::Kind::kReopen:
      buffer_.FallBehind();
      return OpenLocked(Describe(step, status), actions);
    case RecoveryStep::Kind::kPause:
      buffer_.FallBehind();
      retry_at_ = now + step.pause;
      TransitionLocked(State::kBackoff, Describe(step, status));
      return timer_.Set(DeadlineLocked());
    case RecoveryStep::Kind::kGiveUp:
      return GiveUpLocked(status, actions);
  }
}

void ReadCore::GiveUpLocked(const absl::Status& error, ReadActions& actions) {
  EndLocked(recovery_.Final(error, name_, clock_->Now()),
            Describe({RecoveryStep::Kind::kGiveUp, {}}, error), actions);
}

void ReadCore::EndLocked(const absl::Status& end, absl::string_view why, ReadActions& actions) {
  stream_.Cancel(actions);
  timer_.Cancel();
  end_ = end;
  TransitionLocked(State::kEnded, why);
  WakeConsumerLocked();
  WakeCaughtUpLocked();
}

// Why the session is over when a frame has just come; empty: it is not.
absl::string_view ReadCore::OverLocked(absl::Time now) const {
  if (cursor_.looks_behind_end() && cursor_.KnowsItsEnd()) return "what is behind its end is known";
  if (cursor_.at_tail() && now >= cursor_.wait_deadline()) return kWaitOver;
  return "";
}

// When the session ends because nothing came for as long as it was to wait. A consumer that holds
// it up, so that it asks for nothing, does not use that time up.
absl::Time ReadCore::WaitOverLocked() const {
  if (!cursor_.at_tail()) return absl::InfiniteFuture();
  const absl::Time deadline = cursor_.wait_deadline();
  return state_ == State::kStreaming ? std::max(deadline, stream_.LastWordDeadline()) : deadline;
}

// When the state of things, left as it is, calls for action.
absl::Time ReadCore::DeadlineLocked() const {
  const absl::Time over = WaitOverLocked();
  switch (state_) {
    case State::kOpening:
      return std::min(over, stream_.OpenDeadline());
    case State::kStreaming:
      return std::min(over, stream_.HeartbeatDeadline());
    case State::kBackoff:
      return std::min(over, retry_at_);
    case State::kIdle:
    case State::kEnded:
      return absl::InfiniteFuture();
  }
  return absl::InfiniteFuture();
}

void ReadCore::OnTimer() {
  ReadActions actions;
  {
    absl::MutexLock lock(&mu_);
    timer_.Set(DeadlineLocked());
    if (!timer_.Due()) return;
    OnDueLocked(actions);
  }
  Perform(std::move(actions));
}

void ReadCore::OnDueLocked(ReadActions& actions) {
  if (clock_->Now() >= WaitOverLocked()) return EndLocked(absl::OkStatus(), kWaitOver, actions);
  actions.silent = true;
  switch (state_) {
    case State::kOpening:
      return FailAttemptLocked(stream_.OpenTimeout(), actions);
    case State::kStreaming:
      return FailAttemptLocked(stream_.HeartbeatTimeout(), actions);
    case State::kBackoff:
      return OpenLocked("the pause is over", actions);
    case State::kIdle:
    case State::kEnded:
      return;
  }
}

void ReadCore::TransitionLocked(State to, absl::string_view why) {
  if (log_) {
    callbacks_->Add([log = log_, line = absl::StrCat(name_, ": ", Name(state_), " -> ", Name(to),
                                                     ": ", why)] { log(line); });
  }
  state_ = to;
}

void ReadCore::Perform(ReadActions&& actions) {
  if (actions.cancel != nullptr) {
    actions.silent ? actions.cancel->Abandon() : actions.cancel->Cancel();
  }
  if (actions.read != nullptr) actions.read->Read(actions.batch);
  if (actions.open != nullptr) {
    OnOpened(actions.open, transport_->Read(actions.open->request, actions.open));
  }
  callbacks_->Kick();
}

}  // namespace s2::internal
