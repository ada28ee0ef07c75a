// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_APPEND_TICKET_H_
#define S2_SESSION_APPEND_TICKET_H_

#include <memory>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "s2/v1/s2.pb.h"

// Where the compiler knows the attribute, it warns of a reference to a result that outlives the
// object which keeps the result.
#if defined(__has_cpp_attribute)
#if __has_cpp_attribute(clang::lifetimebound)
#define S2_LIFETIME_BOUND [[clang::lifetimebound]]
#endif
#endif
#ifndef S2_LIFETIME_BOUND
#define S2_LIFETIME_BOUND
#endif

namespace s2 {

namespace internal {
class TicketState;
}  // namespace internal

// What became of a submitted batch: an ack when it is durable, or why not. It resolves exactly
// once, whatever happens to the session. A failed one carries the verdict over all attempts:
// HasNoSideEffects(status) is true only if the batch is not in the stream and never will be.
//
// A cheap handle: copies speak of the same batch, and dropping all of them changes nothing for the
// batch. Thread safe. A verb of one that was moved from ends the process.
class AppendTicket {
 public:
  explicit AppendTicket(std::shared_ptr<internal::TicketState> state) : state_(std::move(state)) {}

  // Has it resolved?
  bool done() const;

  // Waits until it has resolved. The result lives as long as any copy of the ticket; that of a
  // ticket which is about to go is a copy.
  const absl::StatusOr<v1::AppendAck>& Wait() const& S2_LIFETIME_BOUND;
  absl::StatusOr<v1::AppendAck> Wait() &&;

  // Waits until it has resolved (true) or the deadline is over (false); the batch goes on either
  // way.
  bool WaitUntil(absl::Time deadline) const;

  // Calls `callback` once with the result, on the session's executor, in the order in which the
  // session's tickets resolve; never inside OnDone. At most one callback a ticket, over all its
  // copies: a second one ends the process.
  void OnDone(absl::AnyInvocable<void(const absl::StatusOr<v1::AppendAck>&)> callback) const;

 private:
  internal::TicketState& state() const;

  std::shared_ptr<internal::TicketState> state_;  // null: moved from
};

}  // namespace s2

#endif  // S2_SESSION_APPEND_TICKET_H_
