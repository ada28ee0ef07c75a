// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/exactly_once/lone_append.h"

namespace s2::internal {

void LoneAppend::Ask() {
  AppendSessionOptions options;
  options.retry = options_.retry;
  options.open_timeout = options_.open_timeout;
  options.ack_timeout = options_.ack_timeout;
  session_.emplace(sessions_.append(options));
  const auto answer = [weak = weak_from_this()](const absl::StatusOr<v1::AppendAck>& ack) {
    const std::shared_ptr<LoneAppend> self = weak.lock();
    if (self == nullptr) return;
    if (const auto events = self->events_.lock()) events->OnAppended(*self, ack);
  };
  absl::StatusOr<AppendTicket> ticket = session_->TrySubmit(std::move(input_));
  if (!ticket.ok()) return answer(ticket.status());
  ticket->OnDone(answer);
}

}  // namespace s2::internal
