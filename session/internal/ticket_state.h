// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_TICKET_STATE_H_
#define S2_SESSION_INTERNAL_TICKET_STATE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/session/internal/ticket_context.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// What the tickets of one batch share with the session. Thread safe; its lock is a leaf, and is
// taken only where somebody waits or gave a callback.
class TicketState : public std::enable_shared_from_this<TicketState> {
 public:
  using Result = absl::StatusOr<v1::AppendAck>;
  using Callback = absl::AnyInvocable<void(const Result&)>;

  explicit TicketState(std::shared_ptr<const TicketContext> context)
      : context_(std::move(context)) {}

  // The session's side, one call at a time: resolves it, once, and adds its callback, if it has
  // one, to the executor, which is to be kicked.
  void Resolve(Result result) ABSL_LOCKS_EXCLUDED(mu_);
  // After Resolve: is somebody waiting? Then Wake must follow; it costs a system call.
  bool awaited() const { return (state_.load(std::memory_order_acquire) & kAwaited) != 0; }
  void Wake() const ABSL_LOCKS_EXCLUDED(mu_);

  // The tickets' side; AppendTicket documents each.
  bool done() const { return (state_.load(std::memory_order_acquire) & kDone) != 0; }
  const Result& Wait() const ABSL_LOCKS_EXCLUDED(mu_);
  bool WaitUntil(absl::Time deadline) const ABSL_LOCKS_EXCLUDED(mu_);
  void OnDone(Callback callback) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  // Bits of state_; each is set once.
  static constexpr uint8_t kDone = 1;
  static constexpr uint8_t kAwaited = 2;      // under the mutex
  static constexpr uint8_t kHasCallback = 4;  // under the mutex

  Callback TakeCallback() ABSL_LOCKS_EXCLUDED(mu_);

  const std::shared_ptr<const TicketContext> context_;

  mutable std::atomic<uint8_t> state_{0};
  // Set before kDone and never changed after: references to it are handed out.
  std::optional<Result> result_;

  mutable absl::Mutex mu_;
  // Given before the ticket resolved; taken when it runs.
  Callback callback_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_TICKET_STATE_H_
