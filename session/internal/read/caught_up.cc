// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/read/caught_up.h"

#include "s2/retry/internal/await_until.h"

namespace s2::internal {

std::optional<CaughtUp::Answer> CaughtUp::Await(Clock& clock, absl::Time deadline,
                                                absl::Mutex& mu) {
  const auto answered = [this, before = answers_] { return answers_ != before; };
  if (!AwaitUntil(mu, absl::Condition(&answered), clock, deadline)) return std::nullopt;
  return last_;
}

void CaughtUp::OnAnswer(const Answer& answer) {
  ++answers_;
  last_ = answer;
  for (Callback& callback : std::exchange(waiting_, {})) {
    callbacks_->Add([callback = std::move(callback), answer]() mutable { callback(answer); });
  }
}

}  // namespace s2::internal
