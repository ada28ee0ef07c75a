// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"
#include "s2/session/internal/make_session.h"
#include "s2/tests/simulation/writer.h"

namespace s2::simulation {
namespace {

constexpr size_t kLargestBatch = 700;  // metered bytes
// Callbacks come so much later than they could, at the most.
constexpr absl::Duration kExecutorDelay = absl::Milliseconds(300);

RetryBudget DrawBudget(Dice& dice) {
  switch (dice.Pick(8)) {
    case 0:
      return RetryBudget::Attempts(1);
    case 1:
    case 2:
      return RetryBudget::Attempts(3);
    case 3:
      return RetryBudget::Elapsed(absl::Seconds(3));
    case 4:
      return RetryBudget{};
    default:
      return RetryBudget::Forever();
  }
}

}  // namespace

// The bytes are fewer than a user may ask for, so that batches can be small.
AppendSessionOptions Writer::DrawOptions(Dice dice) {
  AppendSessionOptions options;
  if (!dice.OneIn(3)) options.max_unacked_bytes = kLargestBatch + dice.Pick(2000);
  if (dice.OneIn(3)) options.max_unacked_batches = dice.Draw(1, 5);
  constexpr AppendRetryPolicy kPolicies[] = {
      AppendRetryPolicy::kAtLeastOnce, AppendRetryPolicy::kAtMostOnce,
      AppendRetryPolicy::kExactlyOnce, AppendRetryPolicy::kExactlyOnce};
  options.policy = kPolicies[dice.Pick(std::size(kPolicies))];
  if (options.policy == AppendRetryPolicy::kExactlyOnce) {
    options.exactly_once.fence = dice.OneIn(3);
    if (dice.OneIn(3)) options.exactly_once.identity_header = kIdentityHeader;
  }
  options.retry.budget = DrawBudget(dice);
  if (dice.OneIn(4)) options.retry.min_backoff = absl::Milliseconds(1);
  if (dice.OneIn(4)) options.retry.max_backoff = options.retry.min_backoff * dice.Draw(1, 3);
  if (dice.OneIn(3)) options.open_timeout = absl::Milliseconds(500);
  if (dice.OneIn(3)) options.ack_timeout = absl::Milliseconds(800);
  return options;
}

Writer::Writer(World* world, Server* server, Ledger* ledger, int id, Writer* predecessor, Dice dice)
    : world_(world),
      server_(server),
      ledger_(ledger),
      id_(id),
      name_(absl::StrCat("w", id)),
      options_(DrawOptions(dice.Fork(0))),
      pins_(!exactly_once() && dice.Fork(1).OneIn(6)),
      repeats_(dice.Fork(4).OneIn(6)),
      link_(std::make_shared<Link>(world, server, dice.Fork(2), name_, id, this)),
      next_pin_(server->stream()->next()),
      opened_life_(server->stream()->life()),
      pacing_(options_.retry) {
  session_.emplace(
      internal::MakeAppendSession(name_, link_, world->MakeRuntime(dice.Fork(3).Next()), options_));
  if (predecessor != nullptr) TakeOver(*predecessor);
  if (dice.OneIn(2)) SubmitAgain(dice);
}

Writer::~Writer() { settling_ = true; }

// What never came to be submitted again goes behind what was.
void Writer::TakeOver(Writer& predecessor) {
  handed_back_ = std::exchange(predecessor.taken_back_, {});
  for (auto& entry : std::exchange(predecessor.handed_back_, {})) {
    handed_back_.push_back(std::move(entry));
  }
}

v1::AppendInput Writer::MakeBatch(Dice& dice) {
  if (repeats_ && last_batch_.records_size() > 0 && dice.OneIn(2)) return last_batch_;
  const std::string key = absl::StrCat(name_, ".", batches_++);
  v1::AppendInput input = MakeInput({MakeRecord(key)});
  for (uint64_t i = 1, n = dice.OneIn(2) ? 1 : dice.Draw(1, 4); i < n; ++i) {
    *input.add_records() =
        MakeRecord({{"pad", std::string(dice.Pick(100), '-')}}, absl::StrCat(key, "/", i));
  }
  if (dice.OneIn(24)) *input.add_records() = MakeTrimRecord(dice.Pick(20));
  if (!options_.exactly_once.fence) {
    if (dice.OneIn(24)) *input.add_records() = MakeFenceRecord(key);
    if (dice.OneIn(24)) input.set_fencing_token(std::string(server_->stream()->known_token()));
  }
  last_batch_ = input;
  return input;
}

// What counts: with the identity header that the session adds.
size_t Writer::StampedBytes(const v1::AppendInput& input) const {
  size_t bytes = MeteredBytes(input);
  if (options_.exactly_once.identity_header.empty() || input.has_match_seq_num()) return bytes;
  for (const v1::AppendRecord& record : input.records()) {
    const bool has_one = absl::c_any_of(record.headers(), [](const v1::Header& header) {
      return header.name() == kIdentityHeader;
    });
    if (!has_one && !IsCommand(record)) bytes += 34 + kIdentityHeader.size();
  }
  return bytes;
}

template <typename F>
absl::Status Writer::Put(v1::AppendInput input, Dice& dice, F submit, const Submission* origin) {
  if (pins_ && !input.has_match_seq_num()) input.set_match_seq_num(next_pin_);
  coming_ = std::make_shared<const v1::AppendInput>(input);
  coming_writes_ = 0;
  coming_pin_ =
      coming_->has_match_seq_num() ? std::make_optional(coming_->match_seq_num()) : std::nullopt;
  const absl::StatusOr<AppendTicket> ticket = submit(std::move(input));
  if (ticket.ok()) {
    Keep(*ticket, origin, dice);
  } else if (input.records_size() != coming_->records_size()) {
    Fail("a batch was refused, and taken");
  }
  coming_ = nullptr;
  return ticket.status();
}

void Writer::Keep(const AppendTicket& ticket, const Submission* origin, Dice& dice) {
  const size_t bytes = StampedBytes(*coming_);
  if (pins_) next_pin_ = coming_->match_seq_num() + coming_->records_size();
  world_->Log(name_, " submits ", Key(*coming_), ", ", bytes, " bytes");
  Submission* submission = ledger_->Add({id_, submissions_.size(), &options_, origin, coming_,
                                         bytes, opened_life_, ticket, coming_writes_, coming_pin_});
  submissions_.push_back(submission);
  Expect();
  ticket.OnDone([this, submission, dice](const auto&) { OnTicket(*submission, dice); });
}

void Writer::OnTicket(Submission& submission, Dice dice) {
  Came();
  ++submission.callbacks;
  if (submission.number < called_back_) Fail("tickets called back out of order");
  called_back_ = submission.number + 1;
  if (std::exchange(drop_in_callback_, false)) return Destroy();
  if (settling_ || !dice.OneIn(8)) return;
  if (dice.OneIn(2) || !SubmitAgain(dice)) Submit(dice);
}

bool Writer::Submit(Dice dice) {
  if (!usable()) return false;
  Put(MakeBatch(dice), dice, [this](v1::AppendInput&& input) {
    return session_->TrySubmit(std::move(input));
  }).IgnoreError();
  return true;
}

bool Writer::SubmitNow(Dice dice) {
  if (!session_) return false;
  Put(MakeBatch(dice), dice, [this](v1::AppendInput&& input) {
    return session_->Submit(std::move(input), absl::InfinitePast());
  }).IgnoreError();
  return true;
}

bool Writer::SubmitBad(Dice dice) {
  if (!session_) return false;
  v1::AppendInput input;
  if (dice.OneIn(2)) *input.add_records() = MakeRecord({{"", "no such command"}}, "");
  const absl::Status status = session_->TrySubmit(std::move(input)).status();
  if (GetErrorCode(status) != ErrorCode::kInvalid) Fail("a bad batch was not refused as such");
  const absl::Status huge =
      session_->Reserve(options_.max_unacked_bytes + 1, absl::InfinitePast()).status();
  if (GetErrorCode(huge) != ErrorCode::kInvalid) Fail("what can never fit was not refused");
  return true;
}

// Some of what was handed back, in order, as far as there is room; or the caller does without the
// first of it. What comes too late to keep its position is refused as bad input.
bool Writer::SubmitAgain(Dice dice) {
  if (!session_ || handed_back_.empty()) return false;
  if (dice.OneIn(16)) handed_back_.pop_front();
  const auto submit = [this, now = dice.OneIn(4)](v1::AppendInput&& input) {
    return now ? session_->Submit(std::move(input), absl::InfinitePast())
               : session_->TrySubmit(std::move(input));
  };
  for (uint64_t i = dice.OneIn(3) ? handed_back_.size() : dice.Draw(1, 2); i > 0; --i) {
    if (handed_back_.empty()) break;
    const auto& [batch, origin] = handed_back_.front();
    const absl::Status status = Put(batch.input, dice, submit, origin);
    if (!status.ok() && GetErrorCode(status) != ErrorCode::kInvalid) break;
    handed_back_.pop_front();
  }
  // The rest soon, while the session may be finding out what became of the first.
  if (!handed_back_.empty() && !dice.OneIn(4)) {
    world_->After(dice.UpTo(absl::Milliseconds(20)), [this, dice] {
      if (!settling_) SubmitAgain(dice);
    });
  }
  return true;
}

bool Writer::Reserve(Dice dice) {
  if (!session_) return false;
  Reservation& reservation =
      reservations_.emplace_back(Reservation{AppendReservation(nullptr), reservations_.size()});
  Expect();
  reservation.handle =
      session_->ReserveAsync(dice.Draw(1, kLargestBatch),
                             [this, r = &reservation, dice](absl::StatusOr<AppendPermit> permit) {
                               OnPermit(*r, std::move(permit), dice);
                             });
  return true;
}

void Writer::OnPermit(Reservation& reservation, absl::StatusOr<AppendPermit> permit, Dice dice) {
  Came();
  if (std::exchange(reservation.called, true)) Fail("a reservation was answered twice");
  if (!permit.ok()) {
    const bool cancelled =
        absl::StrContains(permit.status().message(), "the reservation was cancelled");
    if (cancelled && !reservation.cancelled) Fail("a reservation was cancelled by nobody");
    return;
  }
  if (reservation.number < granted_) Fail("permits came out of turn");
  granted_ = reservation.number + 1;
  if (std::exchange(drop_in_callback_, false)) return Destroy();
  if (settling_ || dice.OneIn(8)) return;
  permits_.push_back(*std::move(permit));
  if (dice.OneIn(2)) UsePermit(dice);
}

bool Writer::ReserveNow(Dice dice) {
  if (!session_) return false;
  absl::StatusOr<AppendPermit> permit =
      session_->Reserve(dice.Draw(1, kLargestBatch), absl::InfinitePast());
  if (permit.ok()) permits_.push_back(*std::move(permit));
  return true;
}

bool Writer::UsePermit(Dice dice) {
  if (permits_.empty()) return false;
  std::swap(permits_[dice.Pick(permits_.size())], permits_.back());
  AppendPermit permit = std::move(permits_.back());
  permits_.pop_back();
  const auto submit = [&permit](v1::AppendInput&& input) {
    return permit.Submit(std::move(input));
  };
  if (handed_back_.empty() || dice.OneIn(2)) {
    Put(MakeBatch(dice), dice, submit).IgnoreError();
  } else if (Put(handed_back_.front().first.input, dice, submit, handed_back_.front().second)
                 .ok()) {
    handed_back_.pop_front();
  }
  return true;
}

bool Writer::DropPermit(Dice dice) {
  if (permits_.empty()) return false;
  permits_.erase(permits_.begin() + static_cast<int64_t>(dice.Pick(permits_.size())));
  return true;
}

bool Writer::CancelReserve(Dice dice) {
  if (reservations_.empty()) return false;
  Reservation& reservation = reservations_[dice.Pick(reservations_.size())];
  reservation.cancelled = true;
  reservation.handle.Cancel();
  return true;
}

bool Writer::Flush(Dice) {
  if (!session_) return false;
  Expect();
  session_->FlushAsync(
      absl::InfiniteFuture(), [this, count = submissions_.size()](const absl::Status& status) {
        Came();
        const bool acked =
            std::all_of(submissions_.begin(), submissions_.begin() + count,
                        [](auto* s) { return s->ticket.done() && s->ticket.Wait().ok(); });
        if (status.ok() && !acked) Fail("Flush called back before all was acked");
        if (!status.ok() && acked) Fail("Flush failed though all was acked");
      });
  return true;
}

bool Writer::FlushNow(Dice) {
  if (!session_) return false;
  const bool acked = submissions_.empty() || (submissions_.back()->ticket.done() &&
                                              submissions_.back()->ticket.Wait().ok());
  if (session_->Flush(absl::InfinitePast()).ok() != acked) Fail("Flush lies");
  return true;
}

bool Writer::Close(Dice dice) {
  if (!session_) return false;
  const absl::Time now = world_->Now();
  absl::Time deadline = now + dice.UpTo(absl::Seconds(10));
  if (dice.OneIn(2)) deadline = absl::InfiniteFuture();
  has_deadline_ |= deadline != absl::InfiniteFuture();
  closing_ = true;
  Expect();
  session_->CloseAsync(deadline, [this, deadline](const absl::Status& status) {
    Came();
    OnClosed(status, deadline + kExecutorDelay);
  });
  return true;
}

bool Writer::CloseNow(Dice) {
  if (!session_) return false;
  has_deadline_ = closing_ = true;
  OnClosed(session_->Close(absl::InfinitePast()), world_->Now());
  return true;
}

void Writer::OnClosed(const absl::Status& status, absl::Time latest) {
  if (world_->Now() > latest && !world_->holds_callbacks()) Fail("Close is late");
  if (closed_.value_or(status) != status) Fail("Close changed its mind");
  closed_ = status;
  for (const Submission* submission : submissions_) {
    if (!submission->ticket.done()) return Fail("Close returned before a ticket resolved");
    if (status.ok() && !submission->ticket.Wait().ok()) Fail("Close lost a batch");
  }
  if (std::exchange(drop_in_callback_, false)) Destroy();
}

bool Writer::Cancel(Dice) {
  if (!session_) return false;
  dropped_ = true;
  session_->Cancel();
  return true;
}

bool Writer::TakeBack(Dice) {
  if (!session_ || session_->status().ok()) return false;
  std::vector<UnackedBatch> unacked = session_->TakeUnacked();
  if (unacked.empty()) return false;
  if (unacked.size() != submissions_.size() - acked_) Fail("not what failed was taken back");
  for (size_t i = 0; i < unacked.size() && acked_ + i < submissions_.size(); ++i) {
    const Submission& submission = *submissions_[acked_ + i];
    if (Key(unacked[i].input) != Key(*submission.input)) Fail("not what failed was taken back");
    if (unacked[i].may_have_effect == HasNoSideEffects(submission.ticket.Wait().status())) {
      Fail("a batch taken back and its ticket disagree about effects");
    }
    taken_back_.emplace_back(std::move(unacked[i]), &submission);
  }
  return true;
}

bool Writer::Drop(Dice dice) {
  if (!session_) return false;
  dropped_ = true;
  if (dice.OneIn(2)) {
    drop_in_callback_ = true;
  } else {
    Destroy();
  }
  return true;
}

}  // namespace s2::simulation
