// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_APPEND_APPEND_CORE_H_
#define S2_SESSION_INTERNAL_APPEND_APPEND_CORE_H_

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
#include "s2/retry/clock.h"
#include "s2/retry/internal/lazy_timer.h"
#include "s2/retry/internal/recovery.h"
#include "s2/session/append_permit.h"
#include "s2/session/append_session.h"
#include "s2/session/internal/append/append_actions.h"
#include "s2/session/internal/append/append_attempt.h"
#include "s2/session/internal/append/append_ending.h"
#include "s2/session/internal/append/append_queue.h"
#include "s2/session/internal/append/append_stream.h"
#include "s2/session/internal/append/batch_maker.h"
#include "s2/session/internal/exactly_once/errand.h"
#include "s2/session/internal/exactly_once/exactly_once.h"
#include "s2/session/internal/runtime.h"
#include "s2/session/internal/serial_executor.h"
#include "s2/session/internal/transport.h"
#include "s2/session/log.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// An append session: what survives its streams. AppendSession documents the verbs. Thread safe.
// What happens is decided under the mutex and done after it is released; tickets are resolved under
// it. Held by the user's handle and by permits; attempts, timers and errands hold it weakly.
// docs/architecture.md has the states.
class AppendCore : public PermitSource,
                   public ErrandEvents,
                   public std::enable_shared_from_this<AppendCore> {
 public:
  // `exactly_once` is there under kExactlyOnce, and only then.
  AppendCore(const std::string& name, std::shared_ptr<Transport> transport, const Runtime& runtime,
             const AppendSessionOptions& options, std::unique_ptr<ExactlyOnce> exactly_once);

  // Opens the first stream. Once, before any verb.
  void Start() ABSL_LOCKS_EXCLUDED(mu_);

  // Without a deadline it does not wait: kOverCapacity.
  absl::StatusOr<AppendTicket> Submit(v1::AppendInput& input, std::optional<absl::Time> deadline)
      ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<AppendPermit> Reserve(size_t bytes, absl::Time deadline) ABSL_LOCKS_EXCLUDED(mu_);
  AppendReservation ReserveAsync(size_t bytes,
                                 absl::AnyInvocable<void(absl::StatusOr<AppendPermit>)> callback)
      ABSL_LOCKS_EXCLUDED(mu_);
  void CancelReservation(PermitWaiter& waiter) ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<AppendTicket> SubmitReserved(SubmitReservedParams params) override
      ABSL_LOCKS_EXCLUDED(mu_);
  void Release(ReleaseParams params) override ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status Flush(absl::Time deadline) ABSL_LOCKS_EXCLUDED(mu_);
  void FlushAsync(absl::Time deadline, absl::AnyInvocable<void(absl::Status)> callback)
      ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status Close(absl::Time deadline) ABSL_LOCKS_EXCLUDED(mu_);
  void CloseAsync(absl::Time deadline, absl::AnyInvocable<void(absl::Status)> callback)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Ends the session at once with kSessionDropped, which says why.
  void Cancel(absl::string_view why) ABSL_LOCKS_EXCLUDED(mu_);
  std::vector<UnackedBatch> TakeUnacked() ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status status() const ABSL_LOCKS_EXCLUDED(mu_);
  AppendSessionStats Stats() const ABSL_LOCKS_EXCLUDED(mu_);

  // Events of an attempt, which may be over already.
  void OnAccepted(AppendAttempt& attempt) ABSL_LOCKS_EXCLUDED(mu_);
  void OnRead(AppendAttempt& attempt, bool ok) ABSL_LOCKS_EXCLUDED(mu_);
  void OnWrite(AppendAttempt& attempt, bool ok) ABSL_LOCKS_EXCLUDED(mu_);
  void OnDone(AppendAttempt& attempt, const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);

  // Answers to an errand, which may be over already.
  void OnAppended(const Errand& errand, const absl::StatusOr<v1::AppendAck>& answer) override
      ABSL_LOCKS_EXCLUDED(mu_);
  void OnReadBack(const Errand& errand, absl::StatusOr<ReadResult> answer) override
      ABSL_LOCKS_EXCLUDED(mu_);

 private:
  // There is an attempt in kOpening and kStreaming, an errand of exactly_once_ in kSettling, and no
  // timer in kEnded.
  using State = AppendSessionState;

  // Of submitting and ending.
  absl::Status AdmitLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void BeginCloseLocked(AppendActions& actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void CloseTimeoutLocked(AppendActions& actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void OnEndingTimer() ABSL_LOCKS_EXCLUDED(mu_);
  void TryFinishLocked(AppendActions& actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool EndedLocked() const ABSL_SHARED_LOCKS_REQUIRED(mu_) { return state_ == State::kEnded; }

  // Of a stream, in the order in which they happen.
  void OpenLocked(absl::string_view why, AppendActions& actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void OnOpened(const std::shared_ptr<AppendAttempt>& attempt, std::shared_ptr<AppendCall> call)
      ABSL_LOCKS_EXCLUDED(mu_);
  void WriteLocked(absl::Time now, AppendActions& actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void AckedLocked(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void FailAttemptLocked(const absl::Status& error, AppendActions& actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void AttemptOverLocked(const absl::Status& status, AppendActions& actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void FollowLocked(ExactlyOnce::Step step, AppendActions& actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void GiveUpLocked(const absl::Status& error, AppendActions& actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void EndLocked(const absl::Status& error, absl::string_view why, AppendActions& actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Time DeadlineLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void OnTimer() ABSL_LOCKS_EXCLUDED(mu_);
  void TransitionLocked(State to, absl::string_view why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  void Perform(AppendActions&& actions) ABSL_LOCKS_EXCLUDED(mu_);

  const std::string name_;  // in errors and logs
  const std::shared_ptr<Transport> transport_;
  const std::shared_ptr<Clock> clock_;
  const LogSink log_;
  const std::shared_ptr<SerialExecutor> callbacks_;

  // Null under any policy but kExactlyOnce.
  const std::unique_ptr<ExactlyOnce> exactly_once_ ABSL_PT_GUARDED_BY(mu_);
  const BatchMaker batches_;

  mutable absl::Mutex mu_;
  State state_ ABSL_GUARDED_BY(mu_) = State::kIdle;
  // OK until a terminal error, which is stored before anybody hears of it.
  absl::Status error_ ABSL_GUARDED_BY(mu_);
  AppendQueue queue_ ABSL_GUARDED_BY(mu_);
  AppendStream stream_ ABSL_GUARDED_BY(mu_);
  AppendEnding ending_ ABSL_GUARDED_BY(mu_);
  Recovery recovery_ ABSL_GUARDED_BY(mu_);
  // For DeadlineLocked, or earlier.
  LazyTimer timer_ ABSL_GUARDED_BY(mu_);
  absl::Time retry_at_ ABSL_GUARDED_BY(mu_);  // in kBackoff
  // See AppendSessionStats.
  uint64_t attempts_ ABSL_GUARDED_BY(mu_) = 0;
  absl::Status last_error_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_APPEND_APPEND_CORE_H_
