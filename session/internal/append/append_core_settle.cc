// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"
#include "s2/session/internal/append/append_core.h"

namespace s2::internal {
namespace {

using Verdict = Settlement::Verdict;

// Why a batch pinned to `pin` cannot be acked.
std::string Describe(Verdict verdict, uint64_t pin, const absl::Status& read) {
  switch (verdict) {
    case Verdict::kForeign:
      return absl::StrCat("record ", pin, " is another writer's");
    case Verdict::kPartly:
      return absl::StrCat("only a part of the batch at record ", pin, " is like ours");
    case Verdict::kUnreadable:
      return absl::StrCat("record ", pin, " cannot be read back (",
                          read.ok() ? "it was trimmed" : read.message(), ")");
    case Verdict::kReplaced:
      return absl::StrCat("the stream ends before record ", pin,
                          ": it was replaced or has lost records");
    case Verdict::kAbsent:
      return absl::StrCat("record ", pin, " is not there");
    case Verdict::kMore:
    case Verdict::kNotAsked:
    case Verdict::kOurs:
      break;
  }
  return "";
}

}  // namespace

void AppendCore::AskLocked(std::shared_ptr<Errand> errand, absl::string_view why,
                           AppendActions& actions) {
  errand_ = std::move(errand);
  actions.ask = errand_;
  TransitionLocked(State::kSettling, why, actions);
}

void AppendCore::OnAppended(const Errand& errand, const absl::StatusOr<v1::AppendAck>& answer) {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    if (&errand != errand_.get()) return;
    actions.answered = std::exchange(errand_, nullptr);
    if (!exactly_once_->claimed()) {
      ClaimedLocked(answer, actions);
    } else if (exactly_once_->OnLastFence(answer)) {
      ReadBackLocked("fenced", actions);
    } else {
      GiveUpLocked(exactly_once_->failure(), actions);
    }
  }
  Perform(std::move(actions));
}

void AppendCore::ClaimedLocked(const absl::StatusOr<v1::AppendAck>& answer,
                               AppendActions& actions) {
  switch (exactly_once_->OnClaim(answer)) {
    case ExactlyOnce::Claim::kHeld:
      return OpenLocked("the position is known", actions);
    case ExactlyOnce::Claim::kAgain:
      return OpenLocked("another writer was faster", actions);
    case ExactlyOnce::Claim::kFailed:
      stats_.last_error = answer.status();
      if (inflight_.empty() && IsRetryable(answer.status())) {
        return TransitionLocked(State::kIdle, answer.status().message(), actions);
      }
      return EndLocked(answer.status(), "the claim failed", actions);
  }
}

// The session would end with `error`. True: not so, or not yet.
bool AppendCore::SettleLocked(const absl::Status& error, AppendActions& actions) {
  if (exactly_once_->Repin(error, inflight_)) {
    OpenLocked(error.message(), actions);
    return true;
  }
  if (!inflight_.AnyMarked()) return false;
  exactly_once_->BeginSettling(error);
  ReadBackLocked(error.message(), actions);
  return true;
}

void AppendCore::ReadBackLocked(absl::string_view why, AppendActions& actions) {
  std::shared_ptr<Errand> read_back = exactly_once_->MakeReadBack(weak_from_this(), inflight_);
  if (read_back == nullptr) return SettledLocked(JudgeLocked(actions), actions);
  AskLocked(std::move(read_back), why, actions);
}

void AppendCore::OnReadBack(const Errand& errand,
                            absl::StatusOr<std::optional<ReadResult>> answer) {
  AppendActions actions;
  {
    absl::MutexLock lock(&mu_);
    if (&errand != errand_.get()) return;
    if (answer.ok() && answer->has_value()) {
      exactly_once_->settlement().Add(std::move((*answer)->batch));
    } else {
      exactly_once_->settlement().End(answer.status());
    }
    const Verdict verdict = JudgeLocked(actions);
    if (verdict == Verdict::kMore) {
      actions.ask = errand_;
    } else {
      actions.answered = std::exchange(errand_, nullptr);
      SettledLocked(verdict, actions);
    }
  }
  Perform(std::move(actions));
}

// Acks the marked batches that are in the stream, up to the first that is not, as far as is known:
// the verdict on that one. kAbsent if there is none. One that was submitted, or found room, after
// the read was asked for is kNotAsked.
Verdict AppendCore::JudgeLocked(AppendActions& actions) {
  Settlement& settlement = exactly_once_->settlement();
  while (!inflight_.empty() && inflight_.batches().front()->marked) {
    const Verdict verdict = settlement.Judge(inflight_.batches().front()->input);
    if (verdict != Verdict::kOurs) return verdict;
    v1::AppendAck ack = settlement.ack();
    std::shared_ptr<AppendBatch> batch = inflight_.PopSettled(ack);
    AckedLocked(std::move(batch), std::move(ack), clock_->Now(), actions);
  }
  return Verdict::kAbsent;
}

void AppendCore::SettledLocked(Verdict verdict, AppendActions& actions) {
  if (verdict == Verdict::kNotAsked) return ReadBackLocked("more is open by now", actions);
  const bool absent = verdict == Verdict::kAbsent;
  if (absent && exactly_once_->MayGoOn()) {
    if (!inflight_.empty()) return OpenLocked("settled", actions);
    if (closing_) return TryFinishLocked(actions);
    recovery_.OnIdle();
    return TransitionLocked(State::kIdle, "settled", actions);
  }
  const bool marked = inflight_.AnyMarked();
  absl::Status error = exactly_once_->failure();
  if (marked) {
    const uint64_t pin = inflight_.batches().front()->input.match_seq_num();
    error = WithContext(error, Describe(verdict, pin, exactly_once_->settlement().end()));
  }
  // S2 stops a stream at its first failed condition: what is behind cannot be there either.
  if (verdict == Verdict::kForeign || (absent && exactly_once_->fenced_off())) {
    inflight_.ClearMarks();
  } else if (std::shared_ptr<Errand> fence =
                 marked ? exactly_once_->MakeLastFence(weak_from_this()) : nullptr) {
    return AskLocked(std::move(fence), "giving up", actions);
  }
  if (closing_ && inflight_.empty()) return TryFinishLocked(actions);
  GiveUpLocked(error, actions);
}

}  // namespace s2::internal
