// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_TICKET_STATE_H_
#define S2_SESSION_INTERNAL_TICKET_STATE_H_

#include <memory>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/session/internal/serial_executor.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// What the tickets of one batch share with the session. Thread safe; its lock is a leaf.
class TicketState : public std::enable_shared_from_this<TicketState> {
 public:
  using Result = absl::StatusOr<v1::AppendAck>;
  using Callback = absl::AnyInvocable<void(const Result&)>;

  // `callbacks` runs the callback.
  explicit TicketState(std::shared_ptr<SerialExecutor> callbacks)
      : callbacks_(std::move(callbacks)) {}

  // The session's side: resolves it, once. True: a callback was added to the executor, which is to
  // be kicked.
  bool Resolve(Result result) ABSL_LOCKS_EXCLUDED(mu_);

  // The tickets' side; AppendTicket documents each.
  bool done() const ABSL_LOCKS_EXCLUDED(mu_);
  const Result& Wait() const ABSL_LOCKS_EXCLUDED(mu_);
  bool WaitUntil(absl::Time deadline) const ABSL_LOCKS_EXCLUDED(mu_);
  void OnDone(Callback callback) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  bool done_locked() const ABSL_SHARED_LOCKS_REQUIRED(mu_) { return result_.has_value(); }
  Callback TakeCallback() ABSL_LOCKS_EXCLUDED(mu_);

  const std::shared_ptr<SerialExecutor> callbacks_;

  mutable absl::Mutex mu_;
  // Set once and never changed after: references to it are handed out.
  std::optional<Result> result_ ABSL_GUARDED_BY(mu_);
  // Given before the ticket resolved; taken when it runs.
  Callback callback_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_TICKET_STATE_H_
