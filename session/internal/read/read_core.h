// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_READ_READ_CORE_H_
#define S2_SESSION_INTERNAL_READ_READ_CORE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/retry/backoff.h"
#include "s2/rpc/v1/stream.pb.h"
#include "s2/session/internal/read/read_attempt.h"
#include "s2/session/internal/read/read_buffer.h"
#include "s2/session/internal/read/read_cursor.h"
#include "s2/session/internal/read/spare_batches.h"
#include "s2/session/internal/runtime.h"
#include "s2/session/internal/serial_executor.h"
#include "s2/session/internal/transport.h"
#include "s2/session/read_session.h"

namespace s2::internal {

// A read session that survives its streams; ReadSession documents the verbs. Thread safe. What
// happens is decided under the mutex and done after it is released, but for timers, which are armed
// under it.
class ReadCore : public std::enable_shared_from_this<ReadCore> {
 public:
  using Result = absl::StatusOr<std::optional<ReadResult>>;
  using Callback = absl::AnyInvocable<void(Result)>;
  using CaughtUpCallback = absl::AnyInvocable<void(absl::StatusOr<v1::StreamPosition>)>;

  ReadCore(std::string name, std::shared_ptr<Transport> transport, Runtime runtime,
           const rpc::v1::ReadRequest& request, const ReadSessionOptions& options);

  // Opens the first stream. Once, before any other verb.
  void Start() ABSL_LOCKS_EXCLUDED(mu_);

  Result Next(absl::Time deadline) ABSL_LOCKS_EXCLUDED(mu_);
  void NextAsync(Callback callback) ABSL_LOCKS_EXCLUDED(mu_);
  // In read_core_caught_up.cc.
  absl::StatusOr<v1::StreamPosition> WaitCaughtUp(absl::Time deadline) ABSL_LOCKS_EXCLUDED(mu_);
  void CaughtUpAsync(CaughtUpCallback callback) ABSL_LOCKS_EXCLUDED(mu_);
  ReadProgress progress() const ABSL_LOCKS_EXCLUDED(mu_);
  ReadSessionStats Stats() const ABSL_LOCKS_EXCLUDED(mu_);
  void Recycle(v1::ReadBatch&& batch) ABSL_LOCKS_EXCLUDED(mu_);

  // Ends the session at once with kSessionDropped, which says why; batches not yet taken are
  // dropped. Changes nothing once the session has ended and the consumer has taken everything.
  void Abort(absl::string_view why) ABSL_LOCKS_EXCLUDED(mu_);

  // Events of an attempt; those of one that is not the current one are dropped.
  void OnAccepted(const ReadAttempt* attempt) ABSL_LOCKS_EXCLUDED(mu_);
  void OnFrame(const ReadAttempt* attempt, ReadFrame* frame) ABSL_LOCKS_EXCLUDED(mu_);
  void OnDone(const ReadAttempt* attempt, const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  enum class State {
    kOpening,    // an attempt is not accepted yet
    kStreaming,  // an attempt is accepted
    kBackoff,    // no attempt; the timer opens the next
    kEnded,      // no attempt, no timer; end_ says why
  };

  // What to do once the mutex is released.
  struct Actions {
    std::shared_ptr<ReadCall> cancel;
    bool silent = false;  // so it is cancelled
    std::shared_ptr<ReadAttempt> open;
    std::shared_ptr<ReadCall> read;  // into `batch`, which the call keeps while it reads
    v1::ReadBatch* batch = nullptr;
    bool kick = false;  // the callbacks
  };
  void Act(Actions&& actions) ABSL_LOCKS_EXCLUDED(mu_);

  Result WaitAndTake(absl::Time deadline, Actions* actions) ABSL_LOCKS_EXCLUDED(mu_);
  void Open(const std::shared_ptr<ReadAttempt>& attempt) ABSL_LOCKS_EXCLUDED(mu_);
  void OnTimer(uint32_t id) ABSL_LOCKS_EXCLUDED(mu_);
  void RunNextCallback() ABSL_LOCKS_EXCLUDED(mu_);

  // In the order in which they happen.
  void OpenLocked(absl::Time now, Actions* actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void ReadLocked(absl::Time now, Actions* actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status ReceiveLocked(ReadFrame* frame, absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status OneAtATime() const;
  // The next batch, or why there is none: there must be one of them.
  Result TakeLocked(Actions* actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void FailLocked(const absl::Status& error, absl::Time now, Actions* actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void EndLocked(const absl::Status& end, Actions* actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  // To be called when there is something to take.
  void WakeConsumerLocked(Actions* actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // To be called when what the consumer has may have changed.
  void WakeCaughtUpLocked(Actions* actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // The answer to who waits to be caught up; nothing while it is to wait on.
  std::optional<absl::StatusOr<v1::StreamPosition>> CaughtUpLocked() const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool ReadyLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return !buffer_.empty() || state_ == State::kEnded;
  }
  void DropAttemptLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void SetDeadlineLocked(absl::Time deadline) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status DescribeLocked(const absl::Status& error, absl::Time now) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void LogLocked(absl::string_view what, Actions* actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const std::string name_;
  const std::shared_ptr<Transport> transport_;
  const Runtime runtime_;
  const ReadSessionOptions options_;
  const std::shared_ptr<SerialExecutor> callbacks_;

  mutable absl::Mutex mu_;
  State state_ ABSL_GUARDED_BY(mu_) = State::kBackoff;
  ReadCursor cursor_ ABSL_GUARDED_BY(mu_);
  ReadBuffer buffer_ ABSL_GUARDED_BY(mu_);
  SpareBatches spares_ ABSL_GUARDED_BY(mu_);
  absl::Status end_ ABSL_GUARDED_BY(mu_);  // what Next returns behind the last batch

  // The current attempt: set while kOpening and kStreaming. Its call is set a little later.
  std::shared_ptr<ReadAttempt> attempt_ ABSL_GUARDED_BY(mu_);
  std::shared_ptr<ReadCall> call_ ABSL_GUARDED_BY(mu_);
  bool reading_ ABSL_GUARDED_BY(mu_) = false;  // a Read of call_ is under way, or has failed

  // What the session waits for ends here: an open, a frame, a pause. The timer may be armed for
  // earlier (then it is armed again), never for later.
  absl::Time deadline_ ABSL_GUARDED_BY(mu_) = absl::InfiniteFuture();
  std::unique_ptr<Timer> timer_ ABSL_GUARDED_BY(mu_);
  absl::Time timer_at_ ABSL_GUARDED_BY(mu_) = absl::InfiniteFuture();
  uint32_t timer_id_ ABSL_GUARDED_BY(mu_) = 0;  // of the timer that counts

  Backoff backoff_ ABSL_GUARDED_BY(mu_);
  int moves_ ABSL_GUARDED_BY(mu_) = 0;  // reconnects advised by servers, since the last frame
  int tries_ ABSL_GUARDED_BY(mu_) =
      0;  // attempts since the last frame, the one that gave it included
  absl::Time progress_at_ ABSL_GUARDED_BY(mu_);  // the last frame, or the start
  uint64_t attempts_ ABSL_GUARDED_BY(mu_) = 0;
  absl::Status last_error_ ABSL_GUARDED_BY(mu_);

  // A Next or NextAsync is under way: one waits, or the other has its callback in next_callback_.
  bool taking_ ABSL_GUARDED_BY(mu_) = false;
  Callback next_callback_ ABSL_GUARDED_BY(mu_);
  bool next_added_ ABSL_GUARDED_BY(mu_) = false;  // RunNextCallback is to come

  // Who waits to be caught up. A thread sees by the count that it was, even if it is no longer.
  absl::CondVar caught_up_changed_;
  uint64_t times_caught_up_ ABSL_GUARDED_BY(mu_) = 0;
  v1::StreamPosition last_caught_up_ ABSL_GUARDED_BY(mu_);
  std::vector<CaughtUpCallback> caught_up_callbacks_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_READ_READ_CORE_H_
