// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_TICKET_CONTEXT_H_
#define S2_SESSION_INTERNAL_TICKET_CONTEXT_H_

#include <memory>
#include <utility>

#include "s2/retry/clock.h"
#include "s2/retry/internal/forked.h"
#include "s2/session/internal/serial_executor.h"

namespace s2::internal {

// What the tickets of one session share: where their callbacks run, and the clock of the deadlines
// of those who wait for them. One object, so that a ticket holds one reference.
struct TicketContext {
  TicketContext(std::shared_ptr<SerialExecutor> serial, std::shared_ptr<Clock> time)
      : callbacks(std::move(serial)), clock(std::move(time)) {}
  TicketContext(const TicketContext&) = delete;
  TicketContext& operator=(const TicketContext&) = delete;
  // A ticket may be the last that keeps the user's executor, whose threads a forked child lacks.
  ~TicketContext() {
    if (!Forked()) return;
    Leak(callbacks);
    Leak(clock);
  }

  const std::shared_ptr<SerialExecutor> callbacks;
  const std::shared_ptr<Clock> clock;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_TICKET_CONTEXT_H_
