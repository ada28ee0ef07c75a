// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_APPEND_APPEND_CORE_H_
#define S2_SESSION_INTERNAL_APPEND_APPEND_CORE_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "s2/session/append_permit.h"
#include "s2/session/append_session.h"
#include "s2/session/internal/append/append_actions.h"
#include "s2/session/internal/append/append_attempt.h"
#include "s2/session/internal/append/append_recovery.h"
#include "s2/session/internal/append/inflight.h"
#include "s2/session/internal/append/permits.h"
#include "s2/session/internal/exactly_once/batch_stamp.h"
#include "s2/session/internal/exactly_once/errand.h"
#include "s2/session/internal/exactly_once/exactly_once.h"
#include "s2/session/internal/exactly_once/settlement.h"
#include "s2/session/internal/runtime.h"
#include "s2/session/internal/serial_executor.h"
#include "s2/session/internal/transport.h"

namespace s2::internal {

// An append session: what survives its streams. It decides under its mutex and acts after; tickets
// are resolved under it. Held by the user's handle and by permits; attempts and timers hold it
// weakly. docs/architecture.md has the states.
class AppendCore : public AppendSessionConnection,
                   public PermitSource,
                   public std::enable_shared_from_this<AppendCore> {
 public:
  AppendCore(std::string name, std::shared_ptr<Transport> transport, Runtime runtime,
             const AppendSessionOptions& options);

  // Opens the first stream. Once, before any verb.
  void Start() ABSL_LOCKS_EXCLUDED(mu_);

  // The user's verbs (append_core.cc, append_core_end.cc).
  absl::StatusOr<AppendTicket> Submit(v1::AppendInput&& input, absl::Time deadline) override
      ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<AppendTicket> TrySubmit(v1::AppendInput&& input) override ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<AppendPermit> Reserve(size_t bytes, absl::Time deadline) override
      ABSL_LOCKS_EXCLUDED(mu_);
  AppendReservation ReserveAsync(
      size_t bytes, absl::AnyInvocable<void(absl::StatusOr<AppendPermit>)> callback) override
      ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<AppendTicket> SubmitReserved(size_t reserved, v1::AppendInput&& input) override
      ABSL_LOCKS_EXCLUDED(mu_);
  void Release(size_t reserved) override ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status Flush(absl::Time deadline) override ABSL_LOCKS_EXCLUDED(mu_);
  void FlushAsync(absl::AnyInvocable<void(absl::Status)> callback) override
      ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status Close(absl::Time deadline) override ABSL_LOCKS_EXCLUDED(mu_);
  void CloseAsync(absl::Time deadline, absl::AnyInvocable<void(absl::Status)> callback) override
      ABSL_LOCKS_EXCLUDED(mu_);
  void Cancel() override ABSL_LOCKS_EXCLUDED(mu_);
  std::vector<UnackedBatch> TakeUnacked() override ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status status() const override ABSL_LOCKS_EXCLUDED(mu_);
  AppendSessionStats Stats() const override ABSL_LOCKS_EXCLUDED(mu_);

  // Events of an attempt, which may be over already (append_core_events.cc).
  void OnAccepted(AppendAttempt& attempt) ABSL_LOCKS_EXCLUDED(mu_);
  void OnRead(AppendAttempt& attempt, bool ok) ABSL_LOCKS_EXCLUDED(mu_);
  void OnWrite(AppendAttempt& attempt, bool ok) ABSL_LOCKS_EXCLUDED(mu_);
  void OnDone(AppendAttempt& attempt, const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);

  // Answers to an errand, which may be over already (append_core_settle.cc).
  void OnAppended(const Errand& errand, const absl::StatusOr<v1::AppendAck>& answer)
      ABSL_LOCKS_EXCLUDED(mu_);
  void OnReadBack(const Errand& errand, absl::StatusOr<std::optional<ReadResult>> answer)
      ABSL_LOCKS_EXCLUDED(mu_);

 private:
  enum class State { kOpening, kStreaming, kBackoff, kSettling, kIdle, kEnded };

  // A FlushAsync that waits for an ack.
  struct Flusher {
    uint64_t batches;  // acked, of all that were ever submitted
    absl::AnyInvocable<void(absl::Status)> callback;
  };

  // Submit and capacity (append_core.cc).
  absl::StatusOr<AppendTicket> SubmitBatch(v1::AppendInput& input,
                                           std::optional<absl::Time> deadline)
      ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<std::shared_ptr<AppendBatch>> MakeBatch(v1::AppendInput& input) const;
  void GiveBack(AppendBatch& batch, v1::AppendInput& input) const;
  absl::Status AdmitLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status TakeRoomLocked(size_t bytes, const std::shared_ptr<AppendBatch>& batch,
                              std::optional<absl::Time> deadline, AppendActions& actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status WaitTurnLocked(const std::shared_ptr<PermitWaiter>& waiter, absl::Time deadline,
                              AppendActions& actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status PushLocked(std::shared_ptr<AppendBatch> batch, AppendActions& actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void GrantLocked(AppendActions& actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void RefuseWaitersLocked(const absl::Status& refusal, AppendActions& actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void WakeLocked(const std::shared_ptr<PermitWaiter>& waiter, AppendActions& actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Deliver(PermitWaiter& waiter) ABSL_LOCKS_EXCLUDED(mu_);
  void CancelReserve(const std::shared_ptr<PermitWaiter>& waiter) ABSL_LOCKS_EXCLUDED(mu_);

  // Flush and ends (append_core_end.cc).
  bool EndedLocked() const ABSL_SHARED_LOCKS_REQUIRED(mu_) { return state_ == State::kEnded; }
  void BeginCloseLocked(AppendActions& actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void CloseTimeoutLocked(AppendActions& actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void OnCloseTimer() ABSL_LOCKS_EXCLUDED(mu_);
  void TryFinishLocked(AppendActions& actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void EndLocked(const absl::Status& error, absl::string_view why, AppendActions& actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void FailTicketsLocked(AppendActions& actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void ResolveLocked(const std::shared_ptr<AppendBatch>& batch, TicketState::Result result,
                     AppendActions& actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void AddLocked(absl::AnyInvocable<void(absl::Status)> callback, const absl::Status& status,
                 AppendActions& actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  // Streams (append_core_events.cc).
  void OpenLocked(absl::string_view why, AppendActions& actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void OnOpened(const std::shared_ptr<AppendAttempt>& attempt, std::shared_ptr<AppendCall> call)
      ABSL_LOCKS_EXCLUDED(mu_);
  void WriteLocked(absl::Time now, AppendActions& actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void WriteOverLocked(AppendAttempt& attempt, AppendActions& actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void AckedLocked(std::shared_ptr<AppendBatch> batch, v1::AppendAck&& ack, absl::Time now,
                   AppendActions& actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void FailAttemptLocked(const absl::Status& error, AppendActions& actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void AttemptOverLocked(const absl::Status& status, AppendActions& actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void GiveUpLocked(const absl::Status& error, AppendActions& actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Time DeadlineLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void ArmLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void OnTimer() ABSL_LOCKS_EXCLUDED(mu_);

  // Exactly once (append_core_settle.cc). exactly_once_ is there.
  void AskLocked(std::shared_ptr<Errand> errand, absl::string_view why, AppendActions& actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void ClaimedLocked(const absl::StatusOr<v1::AppendAck>& answer, AppendActions& actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool SettleLocked(const absl::Status& error, AppendActions& actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void ReadBackLocked(absl::string_view why, AppendActions& actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  Settlement::Verdict JudgeLocked(AppendActions& actions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void SettledLocked(Settlement::Verdict verdict, AppendActions& actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  void TransitionLocked(State to, absl::string_view why, AppendActions& actions)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Perform(AppendActions&& actions) ABSL_LOCKS_EXCLUDED(mu_);

  const std::string name_;  // in errors and logs
  const std::shared_ptr<Transport> transport_;
  const std::shared_ptr<Clock> clock_;
  const LogSink log_;
  const AppendSessionOptions options_;
  const std::shared_ptr<SerialExecutor> callbacks_;
  // Only under kExactlyOnce, as is exactly_once_.
  const std::shared_ptr<const BatchStamp> stamp_;

  mutable absl::Mutex mu_;
  State state_ ABSL_GUARDED_BY(mu_) = State::kIdle;
  // Close has begun: no more batches.
  bool closing_ ABSL_GUARDED_BY(mu_) = false;
  // OK until a terminal error, which is stored before anybody hears of it.
  absl::Status error_ ABSL_GUARDED_BY(mu_);
  Permits permits_ ABSL_GUARDED_BY(mu_);
  Inflight inflight_ ABSL_GUARDED_BY(mu_);
  AppendRecovery recovery_ ABSL_GUARDED_BY(mu_);
  AppendSessionStats stats_ ABSL_GUARDED_BY(mu_);
  const std::unique_ptr<ExactlyOnce> exactly_once_ ABSL_PT_GUARDED_BY(mu_);
  // Set in kSettling; any other errand is stale.
  std::shared_ptr<Errand> errand_ ABSL_GUARDED_BY(mu_);
  // Batches, since the session began.
  uint64_t submitted_ ABSL_GUARDED_BY(mu_) = 0;

  // Set in kOpening and kStreaming; any other attempt is stale.
  std::shared_ptr<AppendAttempt> attempt_ ABSL_GUARDED_BY(mu_);
  // The call of attempt_; null until the transport has returned it.
  std::shared_ptr<AppendCall> call_ ABSL_GUARDED_BY(mu_);

  absl::Time opened_at_ ABSL_GUARDED_BY(mu_);       // attempt_ was
  absl::Time write_began_at_ ABSL_GUARDED_BY(mu_);  // the last one
  absl::Time acked_at_ ABSL_GUARDED_BY(mu_);        // the last one
  absl::Time retry_at_ ABSL_GUARDED_BY(mu_);        // in kBackoff
  absl::Time timer_at_ ABSL_GUARDED_BY(mu_) = absl::InfiniteFuture();
  // For DeadlineLocked; armed for that or earlier.
  std::unique_ptr<Timer> timer_ ABSL_GUARDED_BY(mu_);

  // In the order of `batches`.
  std::deque<Flusher> flushers_ ABSL_GUARDED_BY(mu_);
  std::vector<absl::AnyInvocable<void(absl::Status)>> closers_ ABSL_GUARDED_BY(mu_);
  // The earliest deadline of closers_, and its timer.
  absl::Time close_at_ ABSL_GUARDED_BY(mu_) = absl::InfiniteFuture();
  std::unique_ptr<Timer> close_timer_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_APPEND_APPEND_CORE_H_
