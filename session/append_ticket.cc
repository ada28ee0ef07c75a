// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/append_ticket.h"

#include <utility>

#include "s2/session/internal/ticket_state.h"

namespace s2 {

bool AppendTicket::done() const { return state_->done(); }

const absl::StatusOr<v1::AppendAck>& AppendTicket::Wait() const { return state_->Wait(); }

bool AppendTicket::WaitUntil(absl::Time deadline) const { return state_->WaitUntil(deadline); }

void AppendTicket::OnDone(
    absl::AnyInvocable<void(const absl::StatusOr<v1::AppendAck>&)> callback) const {
  state_->OnDone(std::move(callback));
}

}  // namespace s2
