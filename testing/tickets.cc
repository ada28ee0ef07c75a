// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/testing/tickets.h"

#include <utility>

#include "s2/session/internal/serial_executor.h"
#include "s2/session/internal/ticket_context.h"
#include "s2/session/internal/ticket_state.h"

namespace s2::testing {

TicketSource::TicketSource(std::shared_ptr<Executor> executor, std::shared_ptr<Clock> clock)
    : callbacks_(std::make_shared<internal::SerialExecutor>(std::move(executor))),
      state_(std::make_shared<internal::TicketState>(
          std::make_shared<const internal::TicketContext>(callbacks_, std::move(clock)))) {}

void TicketSource::Resolve(absl::StatusOr<v1::AppendAck> result) const {
  state_->Resolve(std::move(result));
  callbacks_->Kick();
  state_->Wake();
}

AppendTicket ReadyTicket(absl::StatusOr<v1::AppendAck> result) {
  const TicketSource source;
  source.Resolve(std::move(result));
  return source.ticket();
}

}  // namespace s2::testing
