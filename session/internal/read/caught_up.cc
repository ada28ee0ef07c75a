// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/read/caught_up.h"

namespace s2::internal {

std::optional<CaughtUp::Answer> CaughtUp::Await(absl::Time deadline, absl::Mutex& mu) {
  const uint64_t before = answers_;
  while (answers_ == before) {
    if (answered_.WaitWithDeadline(&mu, deadline) && answers_ == before) return std::nullopt;
  }
  return last_;
}

void CaughtUp::OnAnswer(const Answer& answer) {
  ++answers_;
  last_ = answer;
  answered_.SignalAll();
  for (Callback& callback : std::exchange(waiting_, {})) {
    callbacks_->Add([callback = std::move(callback), answer]() mutable { callback(answer); });
  }
}

}  // namespace s2::internal
