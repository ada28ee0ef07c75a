// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"
#include "s2/tests/simulation/faults.h"
#include "s2/tests/simulation/writer.h"

namespace s2::simulation {

void Writer::Fail(absl::string_view what) const { world_->Fail(absl::StrCat(name_, ": ", what)); }

void Writer::Check() {
  for (; resolved_ < submissions_.size() && submissions_[resolved_]->ticket.done(); ++resolved_) {
    CheckResolved(*submissions_[resolved_]);
  }
  if (resolved_ + 1 < submissions_.size() && submissions_[resolved_ + 1]->ticket.done()) {
    Fail("tickets resolved out of order");
  }
  if (!session_) return;
  CheckStats(session_->Stats());
  if (!terminal_ && !session_->status().ok()) CheckTerminal();
}

void Writer::CheckResolved(Submission& submission) {
  const absl::StatusOr<v1::AppendAck>& result = submission.ticket.Wait();
  if (!result.ok()) return CheckFailed(submission, result.status());
  world_->Log(name_, "'s ", Key(*submission.input), " is acked at ", result->start().seq_num());
  if (acked_ != submission.number) Fail("a ticket was acked behind one that failed");
  ++acked_;
  acked_bytes_ += submission.bytes;
  acked_records_ += submission.input->records_size();
  ledger_->CheckAck(submission);
}

void Writer::CheckFailed(Submission& submission, const absl::Status& status) {
  const bool none = HasNoSideEffects(status);
  world_->Log(name_, "'s ", Key(*submission.input), " failed, ", none ? "no effect" : "unknown");
  if (session_ && session_->status().ok()) Fail("a ticket failed before the session did");
  submission.resolved_life = server_->stream()->life();
  const bool sent_before = exactly_once() && submission.input->has_match_seq_num();
  if (!none && submission.writes == 0 && !sent_before) {
    Fail(absl::StrCat(Key(*submission.input), " never left, and may have an effect"));
  }
  if (exactly_once() && !none && !MayLeaveOpen(submission)) {
    Fail(absl::StrCat("it leaves ", Key(*submission.input), " open, and could know"));
  }
  may_have_effect_ |= !none;
}

// What is behind one that is left open is left open too, and so is what another session may have
// sent behind something else than what is before it here.
bool Writer::MayLeaveOpen(const Submission& submission) const {
  if (dropped_ || has_deadline_ || lied_to_ || server_->stream()->life() != opened_life_)
    return true;
  if (submission.number == acked_) return errands_.MayLeaveOpen(submission);
  return may_have_effect_ || submission.input->has_match_seq_num();
}

void Writer::CheckStats(const AppendSessionStats& stats) {
  size_t bytes = stats.unacked_bytes;
  for (const AppendPermit& permit : permits_) bytes += permit.bytes();
  const size_t batches = stats.unacked_batches + permits_.size();
  if (bytes > options_.max_unacked_bytes) Fail("more bytes are unacked than may be");
  if (options_.max_unacked_batches != 0 && batches > options_.max_unacked_batches) {
    Fail("more batches are unacked than may be");
  }
  const bool consistent = stats.acked_batches == acked_ && stats.unacked_batches == unacked() &&
                          stats.acked_bytes == acked_bytes_ &&
                          stats.acked_records == acked_records_ && stats.attempts == opens_ &&
                          stats.last_ack_latency <= stats.max_ack_latency &&
                          stats.max_ack_latency <= stats.total_ack_latency;
  if (!consistent) Fail("the figures are not true");
}

// Why did it end? Once.
void Writer::CheckTerminal() {
  terminal_ = session_->status();
  world_->Log(name_, " has failed: ", terminal_->message());
  if (GetErrorCode(*terminal_) == ErrorCode::kInvalidAck) {
    if (!lied_to_ && !errands_.lied_to() && server_->lives().size() == 1)
      Fail("an ack was refused that was true");
    return;
  }
  if (!MayPass(*terminal_) || pacing_.Spent()) return;
  if (exactly_once() && opens_ == 0) return;  // the claim has a budget of its own
  if (options_.policy == AppendRetryPolicy::kAtMostOnce && may_have_effect_) return;
  Fail("it gave up too early");
}

void Writer::Settle() {
  settling_ = true;
  drop_in_callback_ = false;
  permits_.clear();
  for (Reservation& reservation : reservations_) {
    reservation.cancelled = true;
    reservation.handle.Cancel();
  }
  Flush(Dice(0));
}

void Writer::Finish() {
  if (!session_) return;
  if (usable()) {
    if (!session_->Reserve(options_.max_unacked_bytes, absl::InfinitePast()).ok()) {
      Fail("room for bytes was lost");
    }
    std::vector<AppendPermit> all;
    for (size_t i = 0; i < options_.max_unacked_batches; ++i) {
      absl::StatusOr<AppendPermit> permit = session_->Reserve(1, absl::InfinitePast());
      if (!permit.ok()) return Fail("room for batches was lost");
      all.push_back(*std::move(permit));
    }
  }
  closing_ = true;
  Expect();
  session_->CloseAsync(absl::InfiniteFuture(), [this](const absl::Status& status) {
    Came();
    OnClosed(status, absl::InfiniteFuture());
  });
}

void Writer::Destroy() {
  if (!session_) return;
  TakeBack(Dice(0));
  dropped_ = true;
  const AppendSession dying = *std::move(session_);
  session_.reset();
}

void Writer::CheckEnd() const {
  if (link_->alive() > 0) Fail("a connection is left");
  if (expected_ != 0) Fail(absl::StrCat(expected_, " callbacks have not come"));
  for (const Submission* submission : submissions_) {
    if (submission->callbacks != 1) Fail("a ticket did not call back once");
  }
}

}  // namespace s2::simulation
