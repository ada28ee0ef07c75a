// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_MESSAGE_MESSAGE_TICKET_H_
#define S2_MESSAGE_MESSAGE_TICKET_H_

#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "s2/session/append_ticket.h"
#include "s2/session/read_result.h"

namespace s2 {

// What became of a written message: the positions of its records when all of them are durable, or
// why not. It resolves exactly once. A failed one with HasNoSideEffects(status) was not written as
// a whole and never will be; readers drop what there is of its parts.
//
// A cheap handle: copies speak of the same message. Thread safe.
class MessageTicket {
 public:
  // Of the message's first and last batch, which may be one. Batches resolve in order, so the last
  // one speaks for all.
  MessageTicket(AppendTicket first, AppendTicket last)
      : first_(std::move(first)), last_(std::move(last)) {}

  // Has it resolved?
  bool done() const { return last_.done(); }

  // Waits until it has resolved: the sequence numbers of the message's records, between which may
  // be those of other writers.
  absl::StatusOr<SeqNumRange> Wait() const;

  // Waits until it has resolved (true) or the deadline is over (false).
  bool WaitUntil(absl::Time deadline) const { return last_.WaitUntil(deadline); }

  // Calls `callback` once with the result, as AppendTicket::OnDone does. At most one callback a
  // ticket, over all its copies: a second one ends the process.
  void OnDone(absl::AnyInvocable<void(const absl::StatusOr<SeqNumRange>&)> callback) const;

 private:
  AppendTicket first_;
  AppendTicket last_;
};

}  // namespace s2

#endif  // S2_MESSAGE_MESSAGE_TICKET_H_
