// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/append/append_recovery.h"

#include <optional>

#include "s2/retry/error.h"

namespace s2::internal {
namespace {

// Moves in a row that cost nothing; servers that send us round in circles are a failure.
constexpr int kFreeMoves = 8;

}  // namespace

void AppendRecovery::OnOpen(absl::Time now) {
  if (attempts_ == 0) since_ = now;
  ++attempts_;
}

void AppendRecovery::OnAck(absl::Time now) {
  backoff_.Reset();
  attempts_ = 1;
  since_ = now;
  moves_ = 0;
}

AppendRecoveryStep AppendRecovery::OnFailure(const absl::Status& error, bool marked,
                                             absl::Time now) {
  using Kind = AppendRecoveryStep::Kind;
  if (!MayRetry(error, policy_, marked)) return {Kind::kGiveUp, {}};
  if (ReconnectForwarded(error).has_value() && ++moves_ <= kFreeMoves) return {Kind::kReopen, {}};
  const std::optional<absl::Duration> pause = backoff_.Next(now, RetryAfter(error), random_);
  if (!pause.has_value()) return {Kind::kGiveUp, {}};
  return {Kind::kPause, *pause};
}

}  // namespace s2::internal
