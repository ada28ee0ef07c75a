// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_READ_READ_CORE_H_
#define S2_SESSION_INTERNAL_READ_READ_CORE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/retry/clock.h"
#include "s2/retry/internal/lazy_timer.h"
#include "s2/retry/internal/recovery.h"
#include "s2/rpc/v1/stream.pb.h"
#include "s2/session/internal/read/caught_up.h"
#include "s2/session/internal/read/read_actions.h"
#include "s2/session/internal/read/read_attempt.h"
#include "s2/session/internal/read/read_buffer.h"
#include "s2/session/internal/read/read_cursor.h"
#include "s2/session/internal/read/read_stream.h"
#include "s2/session/internal/read/spare_batches.h"
#include "s2/session/internal/runtime.h"
#include "s2/session/internal/serial_executor.h"
#include "s2/session/internal/transport.h"
#include "s2/session/log.h"
#include "s2/session/read_session.h"

namespace s2::internal {

// A read session: what survives its streams. ReadSession documents the verbs. Thread safe. What
// happens is decided under the mutex and done after it is released. Held by the user's handle;
// attempts and timers hold it weakly.
class ReadCore : public std::enable_shared_from_this<ReadCore> {
 public:
  using Callback = absl::AnyInvocable<void(absl::StatusOr<ReadResult>)>;

  ReadCore(const std::string& name, std::shared_ptr<Transport> transport, const Runtime& runtime,
           const rpc::v1::ReadRequest& request, const ReadSessionOptions& options);

  // Opens the first stream. Once, before any verb.
  void Start() ABSL_LOCKS_EXCLUDED(mu_);

  absl::StatusOr<ReadResult> Next(absl::Time deadline) ABSL_LOCKS_EXCLUDED(mu_);
  void NextAsync(Callback callback) ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<v1::StreamPosition> WaitCaughtUp(absl::Time deadline) ABSL_LOCKS_EXCLUDED(mu_);
  void CaughtUpAsync(CaughtUp::Callback callback) ABSL_LOCKS_EXCLUDED(mu_);
  ReadProgress progress() const ABSL_LOCKS_EXCLUDED(mu_);
  ReadSessionStats Stats() const ABSL_LOCKS_EXCLUDED(mu_);
  void Recycle(v1::ReadBatch&& batch) ABSL_LOCKS_EXCLUDED(mu_);
  void OnUnseenError(const absl::Status& error) ABSL_LOCKS_EXCLUDED(mu_);

  // Ends the session at once with kSessionDropped, which says why; batches not yet taken are
  // dropped. Changes nothing once the session has ended and the consumer has taken everything.
  void Cancel(absl::string_view why) ABSL_LOCKS_EXCLUDED(mu_);

  // Events of an attempt, which may be over already.
  void OnAccepted(const ReadAttempt& attempt) ABSL_LOCKS_EXCLUDED(mu_);
  void OnRead(ReadAttempt& attempt, bool ok) ABSL_LOCKS_EXCLUDED(mu_);
  void OnDone(const ReadAttempt& attempt, const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  // There is an attempt in kOpening and kStreaming, and no timer in kEnded.
  using State = ReadSessionState;

  // Of the consumer.
  bool ReadyLocked() const ABSL_SHARED_LOCKS_REQUIRED(mu_) {
    return !buffer_.empty() || state_ == State::kEnded;
  }
  absl::StatusOr<ReadResult> TakeLocked(ReadActions& actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void WakeConsumerLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void RunNextCallback() ABSL_LOCKS_EXCLUDED(mu_);
  std::optional<CaughtUp::Answer> CaughtUpLocked() const ABSL_SHARED_LOCKS_REQUIRED(mu_);
  void WakeCaughtUpLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  // Of a stream, in the order in which they happen.
  void OpenLocked(absl::string_view why, ReadActions& actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void OnOpened(const std::shared_ptr<ReadAttempt>& attempt, std::shared_ptr<ReadCall> call)
      ABSL_LOCKS_EXCLUDED(mu_);
  void AcceptedLocked(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void ReadLocked(absl::Time now, ReadActions& actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status ReceiveLocked(ReadFrame& frame, absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void ServerEndedLocked(ReadActions& actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void FailAttemptLocked(const absl::Status& error, ReadActions& actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void AttemptOverLocked(const absl::Status& status, ReadActions& actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void GiveUpLocked(const absl::Status& error, ReadActions& actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void EndLocked(const absl::Status& end, absl::string_view why, ReadActions& actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::string_view OverLocked(absl::Time now) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Time WaitOverLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Time DeadlineLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void OnTimer() ABSL_LOCKS_EXCLUDED(mu_);
  void OnDueLocked(ReadActions& actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void TransitionLocked(State to, absl::string_view why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  void Perform(ReadActions&& actions) ABSL_LOCKS_EXCLUDED(mu_);

  const std::string name_;  // in errors and logs
  const std::shared_ptr<Transport> transport_;
  const std::shared_ptr<Clock> clock_;
  const LogSink log_;
  const ReadSessionOptions options_;
  const std::shared_ptr<SerialExecutor> callbacks_;

  mutable absl::Mutex mu_;
  State state_ ABSL_GUARDED_BY(mu_) = State::kIdle;
  // What Next returns behind the last batch, in kEnded.
  absl::Status end_ ABSL_GUARDED_BY(mu_);
  ReadCursor cursor_ ABSL_GUARDED_BY(mu_);
  ReadBuffer buffer_ ABSL_GUARDED_BY(mu_);
  SpareBatches spares_ ABSL_GUARDED_BY(mu_);
  ReadStream stream_ ABSL_GUARDED_BY(mu_);
  CaughtUp caught_up_ ABSL_GUARDED_BY(mu_);
  Recovery recovery_ ABSL_GUARDED_BY(mu_);
  // For DeadlineLocked, or earlier.
  LazyTimer timer_ ABSL_GUARDED_BY(mu_);
  absl::Time retry_at_ ABSL_GUARDED_BY(mu_);  // in kBackoff
  // See ReadSessionStats.
  uint64_t attempts_ ABSL_GUARDED_BY(mu_) = 0;
  absl::Status last_error_ ABSL_GUARDED_BY(mu_);

  // A Next or NextAsync is under way: one waits, or the other has its callback in next_callback_.
  bool taking_ ABSL_GUARDED_BY(mu_) = false;
  Callback next_callback_ ABSL_GUARDED_BY(mu_);
  bool next_added_ ABSL_GUARDED_BY(mu_) = false;  // RunNextCallback is to come
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_READ_READ_CORE_H_
