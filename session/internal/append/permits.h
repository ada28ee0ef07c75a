// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_APPEND_PERMITS_H_
#define S2_SESSION_INTERNAL_APPEND_PERMITS_H_

#include <cstddef>
#include <list>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "s2/session/internal/append_batch.h"

namespace s2::internal {

// One that waits for capacity. The session's mutex guards it.
struct PermitWaiter {
  enum class State {
    kWaiting,
    kGranted,    // the capacity is taken for it
    kDelivered,  // its callback has the permit
    kRefused,    // by `refusal`: the session's end, or its own Cancel
  };

  explicit PermitWaiter(size_t metered) : bytes(metered) {}

  // It is told what became of it: OK, its capacity is a permit from now on, or the refusal.
  absl::Status Deliver();

  const size_t bytes;
  State state = State::kWaiting;
  absl::Status refusal;
  // The batch of a Submit, which is pushed for it when it is granted; null: it reserves.
  std::shared_ptr<AppendBatch> batch;
  // Of one that reserves without a thread that waits: to be run when its state has changed. Null: a
  // thread waits for `turn`.
  absl::AnyInvocable<void()> wake;
  absl::CondVar turn;
  // Valid while it is waiting.
  std::list<std::shared_ptr<PermitWaiter>>::iterator place;
};

// The room for unacked batches: so many metered bytes and so many batches, given to those who ask,
// first come, first served. Not thread safe: the session's mutex guards it.
class Permits {
 public:
  // `max_batches` 0: no limit.
  Permits(size_t max_bytes, size_t max_batches)
      : max_bytes_(max_bytes), max_batches_(max_batches) {}

  // OK, or (kInvalid) why a batch of so many bytes can never fit.
  absl::Status Check(size_t bytes) const;

  // What was asked for and what is taken, to a person.
  std::string Describe(size_t bytes) const;

  // Takes the room of one batch, if there is enough and nobody is waiting.
  bool TryTake(size_t bytes);

  // Gives back the room of one batch. Grant must follow.
  void Release(size_t bytes);

  // Gives back so many bytes of the room of a batch. Grant must follow.
  void ReleaseBytes(size_t bytes);

  // Puts one at the end of the queue.
  void Wait(std::shared_ptr<PermitWaiter> waiter);

  // Takes one out of the queue: it no longer waits. Grant must follow.
  void Leave(const PermitWaiter& waiter);

  // The first in the queue, granted, if its turn has come; else null. To be called until it is.
  std::shared_ptr<PermitWaiter> Grant();

  // The first in the queue, refused; null: nobody waits.
  std::shared_ptr<PermitWaiter> Refuse(const absl::Status& refusal);

 private:
  bool HasRoom(size_t bytes) const;
  void Take(size_t bytes);
  std::shared_ptr<PermitWaiter> PopFront(PermitWaiter::State state);

  const size_t max_bytes_;
  const size_t max_batches_;

  size_t bytes_ = 0;    // at most max_bytes_
  size_t batches_ = 0;  // at most max_batches_, unless that is 0
  // Those in state kWaiting, in order of arrival.
  std::list<std::shared_ptr<PermitWaiter>> queue_;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_APPEND_PERMITS_H_
