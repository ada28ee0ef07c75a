// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_APPEND_APPEND_QUEUE_H_
#define S2_SESSION_INTERNAL_APPEND_APPEND_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/retry/clock.h"
#include "s2/session/append_session.h"
#include "s2/session/internal/append/append_actions.h"
#include "s2/session/internal/append/inflight.h"
#include "s2/session/internal/append/permits.h"
#include "s2/session/internal/append_batch.h"
#include "s2/session/internal/exactly_once/exactly_once.h"
#include "s2/session/internal/serial_executor.h"
#include "s2/session/internal/ticket_state.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// Room and order of an append session: the batches without an ack, those who wait for room for
// another one, and the figures of both. A batch is put at the end of the queue as soon as its turn
// for room has come, whichever thread sees to that, so it keeps its place. Not thread safe: the
// session's mutex guards it. After what may put batches into the queue, the session writes.
class AppendQueue {
 public:
  // `name`: in errors. `exactly_once`: null under any other policy; outlives the queue.
  AppendQueue(std::string name, std::shared_ptr<Clock> clock, const AppendSessionOptions& options,
              std::shared_ptr<SerialExecutor> callbacks, ExactlyOnce* exactly_once);

  // The batches, and how far the current attempt has written them.
  const Inflight& inflight() const { return inflight_; }
  bool empty() const { return inflight_.empty(); }
  bool any_marked() const { return AnyMarked(inflight_.batches()); }

  // OK, or (kInvalid) why a batch of so many bytes can never fit.
  absl::Status Check(size_t bytes) const { return permits_.Check(bytes); }

  // Takes the room of one batch, for `batch`, which is put into the queue, or for a permit (null).
  // Waits for its turn until `deadline`, releasing `mu`, the session's mutex, meanwhile; without
  // one it does not wait (kOverCapacity). Other errors: DEADLINE_EXCEEDED, or what RefuseAll or
  // ExactlyOnce::Admit said.
  absl::Status TakeRoom(size_t bytes, const std::shared_ptr<AppendBatch>& batch,
                        std::optional<absl::Time> deadline, absl::Mutex& mu)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);

  // The same for one that no thread waits for: what becomes of it is told by its `wake`.
  void TakeRoomAsync(std::shared_ptr<PermitWaiter> waiter);
  // Such a one is refused at once.
  void Refuse(PermitWaiter& waiter, const absl::Status& refusal);
  // Such a one gives up its place, or its room if that was granted and not delivered.
  void Cancel(PermitWaiter& waiter);

  // Puts a batch whose room is part of `reserved` bytes into the queue; the rest is free again.
  // Error: as ExactlyOnce::Admit; then nothing has changed.
  absl::Status PushReserved(std::shared_ptr<AppendBatch> batch, size_t reserved);

  // Gives back the room of a permit that was not used.
  void Release(size_t reserved);

  // Refuses all who wait for room.
  void RefuseAll(const absl::Status& refusal);

  // The first batch that this attempt has not written, which counts as written from now on; null:
  // there is none.
  std::shared_ptr<AppendBatch> NextToWrite();

  // Removes the head, whose ack this is; inflight().CheckAck was OK.
  void OnAck(v1::AppendAck&& ack, absl::Time now, AppendActions& actions);
  // The same between attempts, for a batch that was found in the stream.
  void OnSettled(v1::AppendAck&& ack, absl::Time now, AppendActions& actions);

  // The attempt is over: see Inflight::EndAttempt.
  void EndAttempt(const absl::Status& error) { inflight_.EndAttempt(error); }

  // Fails the tickets of all batches, each with its own verdict on effects.
  void FailAll(const absl::Status& error, AppendActions& actions);

  // Hands all batches back.
  std::vector<UnackedBatch> TakeAll();

  // Since the session began. Batches that were handed back count as submitted still.
  uint64_t submitted() const { return figures_.unacked_batches + figures_.acked_batches; }
  uint64_t acked() const { return figures_.acked_batches; }
  // All of Stats but what is about attempts.
  const AppendSessionStats& figures() const { return figures_; }

 private:
  absl::Status Push(std::shared_ptr<AppendBatch> batch);
  absl::Status AwaitTurn(const std::shared_ptr<PermitWaiter>& waiter, absl::Time deadline,
                         absl::Mutex& mu) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  void Grant();
  void Wake(PermitWaiter& waiter);
  void Acked(std::shared_ptr<AppendBatch> batch, v1::AppendAck&& ack, absl::Time now,
             AppendActions& actions);
  static void Resolve(const std::shared_ptr<AppendBatch>& batch, TicketState::Result result,
                      AppendActions& actions);

  const std::string name_;
  const std::shared_ptr<Clock> clock_;
  const std::shared_ptr<SerialExecutor> callbacks_;
  ExactlyOnce* const exactly_once_;

  Permits permits_;
  Inflight inflight_;
  AppendSessionStats figures_;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_APPEND_APPEND_QUEUE_H_
