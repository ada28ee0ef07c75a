// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/append_ticket.h"

#include "s2/session/internal/misuse.h"
#include "s2/session/internal/ticket_state.h"

namespace s2 {

bool AppendTicket::done() const { return state().done(); }

const absl::StatusOr<v1::AppendAck>& AppendTicket::Wait() const& { return state().Wait(); }

absl::StatusOr<v1::AppendAck> AppendTicket::Wait() && { return state().Wait(); }

bool AppendTicket::WaitUntil(absl::Time deadline) const { return state().WaitUntil(deadline); }

void AppendTicket::OnDone(
    absl::AnyInvocable<void(const absl::StatusOr<v1::AppendAck>&)> callback) const {
  state().OnDone(std::move(callback));
}

internal::TicketState& AppendTicket::state() const {
  if (state_ == nullptr) internal::Misuse("an AppendTicket was used after it was moved from");
  return *state_;
}

}  // namespace s2
