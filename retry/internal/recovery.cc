// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/internal/recovery.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"

namespace s2::internal {
namespace {

using Kind = RecoveryStep::Kind;

// A move costs no pause once in this time, the same as S2's own clients take.
constexpr absl::Duration kMoveInterval = absl::Seconds(60);

std::string Readable(absl::Duration duration) {
  return absl::FormatDuration(absl::Trunc(duration, absl::Milliseconds(1)));
}

}  // namespace

std::string Describe(const RecoveryStep& step, const absl::Status& error) {
  switch (step.kind) {
    case Kind::kReopen:
      return absl::StrCat("moves: ", error.message());
    case Kind::kPause:
      return absl::StrCat("retries in ", Readable(step.pause), ": ", error.message());
    case Kind::kGiveUp:
      return absl::StrCat("gives up: ", error.message());
  }
  return "";
}

void Recovery::OnAttempt(absl::Time now) {
  if (attempts_ == 0) since_ = now;
  ++attempts_;
}

void Recovery::OnProgress(absl::Time now) {
  backoff_.Reset();
  attempts_ = 1;
  since_ = now;
}

RecoveryStep Recovery::OnFailure(const absl::Status& error, bool marked, absl::Time now) {
  if (!MayRetry(error, policy_, marked)) return {Kind::kGiveUp, {}};
  const bool moves = ReconnectForwarded(error).has_value();
  if (moves && now - moved_at_ >= kMoveInterval && !backoff_.TimeIsOver(now)) {
    moved_at_ = now;
    backoff_.ForgetMoves();
    return {Kind::kReopen, {}};
  }
  const std::optional<absl::Duration> pause =
      moves ? backoff_.NextMove(error, now, random_) : backoff_.Next(error, now, random_);
  if (!pause.has_value()) return {Kind::kGiveUp, {}};
  return {Kind::kPause, *pause};
}

absl::Status Recovery::Final(const absl::Status& error, absl::string_view name,
                             absl::Time now) const {
  return WithContext(
      error, absl::StrCat(name, " (", attempts_, attempts_ == 1 ? " attempt in " : " attempts in ",
                          Readable(elapsed(now)), ")"));
}

absl::Duration Recovery::elapsed(absl::Time now) const {
  return attempts_ == 0 ? absl::ZeroDuration() : now - since_;
}

}  // namespace s2::internal
