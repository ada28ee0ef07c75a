// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/message/message_ticket.h"

namespace s2 {

absl::StatusOr<SeqNumRange> MessageTicket::Wait() const {
  const absl::StatusOr<v1::AppendAck> last = last_.Wait();
  if (!last.ok()) return last.status();
  const absl::StatusOr<v1::AppendAck> first = first_.Wait();
  if (!first.ok()) return first.status();
  return SeqNumRange{first->start().seq_num(), last->end().seq_num()};
}

void MessageTicket::OnDone(
    absl::AnyInvocable<void(const absl::StatusOr<SeqNumRange>&)> callback) const {
  last_.OnDone([self = *this, callback = std::move(callback)](
                   const absl::StatusOr<v1::AppendAck>&) mutable { callback(self.Wait()); });
}

}  // namespace s2
