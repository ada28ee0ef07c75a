// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTING_TICKETS_H_
#define S2_TESTING_TICKETS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "s2/retry/clock.h"
#include "s2/session/append_ticket.h"
#include "s2/session/executor.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {
class SerialExecutor;
}  // namespace s2::internal

namespace s2::testing {

// A ticket that the test resolves, when it likes. Thread safe.
class TicketSource {
 public:
  // `executor`: where the ticket's callback runs. `clock`: of the deadlines of those who wait for
  // the ticket.
  explicit TicketSource(std::shared_ptr<Executor> executor = Executor::Default(),
                        std::shared_ptr<Clock> clock = Clock::System());

  AppendTicket ticket() const { return AppendTicket(state_); }

  // Resolves it: an ack, or why there is none. The first result stays.
  void Resolve(absl::StatusOr<v1::AppendAck> result) const;

 private:
  std::shared_ptr<internal::SerialExecutor> callbacks_;
  std::shared_ptr<internal::TicketState> state_;
};

// A ticket that has resolved.
AppendTicket ReadyTicket(absl::StatusOr<v1::AppendAck> result);

}  // namespace s2::testing

#endif  // S2_TESTING_TICKETS_H_
