// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/simulation/ledger.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"

namespace s2::simulation {
namespace {

constexpr size_t kMany = 1'000'000;

// Does the stream hold the record as it was submitted, with the identity header if there is one?
bool Same(const v1::AppendRecord& submitted, const v1::AppendRecord& found, bool marked) {
  if (submitted.body() != found.body()) return false;
  auto headers = found.headers();
  const bool has_mark = !headers.empty() && headers.rbegin()->name() == kIdentityHeader;
  if (marked && !IsCommand(submitted) && !has_mark) return false;
  if (headers.size() > submitted.headers_size() && has_mark) headers.RemoveLast();
  return std::equal(
      submitted.headers().begin(), submitted.headers().end(), headers.begin(), headers.end(),
      [](auto& a, auto& b) { return a.name() == b.name() && a.value() == b.value(); });
}

size_t Sum(const std::map<uint64_t, size_t>& copies) {
  size_t sum = 0;
  for (const auto& [life, count] : copies) sum += count;
  return sum;
}

}  // namespace

uint64_t CountSame(const Stream& stream, const Submission& submission, uint64_t start) {
  const auto& records = submission.input->records();
  uint64_t same = 0;
  while (same < static_cast<uint64_t>(records.size()) && start + same < stream.durable() &&
         Same(records[static_cast<int>(same)], stream.at(start + same).record(),
              submission.marked())) {
    ++same;
  }
  return same;
}

void Ledger::Fail(const Submission& submission, absl::string_view what) {
  world_->Fail(
      absl::StrCat("w", submission.writer, "'s batch ", Key(*submission.input), " ", what));
}

Submission* Ledger::Add(Submission submission) {
  submissions_.push_back(std::make_unique<Submission>(std::move(submission)));
  Submission* added = submissions_.back().get();
  Account& account = accounts_[Key(*added->input)];
  account.submissions.push_back(added);
  if (added->exactly_once()) account.settled = added;
  return added;
}

Input Ledger::Pick(Dice& dice) const {
  if (submissions_.empty()) return nullptr;
  const size_t recent = std::min<size_t>(submissions_.size(), 8);
  return submissions_[submissions_.size() - 1 - dice.Pick(recent)]->input;
}

void Ledger::CheckAck(Submission& submission) {
  const v1::AppendAck& ack = *submission.ticket.Wait();
  const uint64_t records = ack.end().seq_num() - ack.start().seq_num();
  if (records != static_cast<uint64_t>(submission.input->records_size())) {
    return Fail(submission, absl::StrCat("was acked with ", records, " records"));
  }
  const uint64_t time = std::max(ack.start().timestamp(), ack.end().timestamp());
  if (time == 0) return CheckUnread(submission);
  if (Stream::Life(time) >= server_->lives().size()) {
    return Fail(submission, "was acked by no stream that ever was");
  }
  CheckAckIn(*server_->lives()[Stream::Life(time)], submission);
}

void Ledger::CheckAckIn(const Stream& stream, Submission& submission) {
  const v1::AppendAck& ack = *submission.ticket.Wait();
  submission.acked_life = stream.life();
  if (ack.end().seq_num() > stream.durable())
    return Fail(submission, "was acked, and is not durable");
  const uint64_t start = ack.start().seq_num();
  if (CountSame(stream, submission, start) < ack.end().seq_num() - start) {
    Fail(submission, absl::StrCat("was acked at ", start, ", and is not there"));
  }
}

// Acked though it could not be read: nobody else can have been there, if all others use tokens.
void Ledger::CheckUnread(Submission& submission) {
  if (!submission.options->exactly_once.fence) return Fail(submission, "was acked at no time");
  const v1::AppendAck& ack = *submission.ticket.Wait();
  for (const auto& stream : server_->lives()) {
    if (stream->durable() < ack.end().seq_num()) continue;
    const uint64_t start = ack.start().seq_num();
    if (CountSame(*stream, submission, start) == ack.end().seq_num() - start) return;
    for (uint64_t i = start; i < ack.end().seq_num(); ++i) {
      submission.unfounded |= !stream->at(i).input->has_fencing_token();
    }
  }
  if (!submission.unfounded) Fail(submission, "was acked unread, and is not there");
}

void Ledger::CheckEnd() {
  for (const auto& stream : server_->lives()) Count(*stream);
  for (const auto& [key, account] : accounts_) CheckAccount(account);
}

// Also: of the batches of one session, the first copies are in the order in which they were
// submitted. (Those acked in an earlier life need not come again, in order or at all.)
void Ledger::Count(const Stream& stream) {
  std::map<int, size_t> next;  // by writer: what may come
  std::set<const Submission*> seen;
  for (uint64_t i = 0; i < stream.durable(); ++i) {
    const Entry& entry = stream.at(i);
    if (entry.index != 0) continue;
    const auto found = accounts_.find(Key(*entry.input));
    if (found == accounts_.end()) continue;
    Account& account = found->second;
    ++(entry.writer == kForeign ? account.twins : account.copies[stream.life()]);
    if (account.submissions.size() > 1 || entry.writer == kForeign || entry.stray) continue;
    const Submission& submission = *account.submissions.front();
    if (!seen.insert(&submission).second) continue;
    if (submission.acked_life && *submission.acked_life < stream.life()) continue;
    if (submission.number < next[submission.writer]) {
      Fail(submission, "is behind one that was submitted later");
    }
    next[submission.writer] = submission.number + 1;
  }
}

// A batch that is handed back and submitted again is still the same one: under kExactlyOnce the
// verdict of the last session speaks for all of them. Otherwise each submission stands for itself.
Ledger::Bounds Ledger::BoundsOf(const Account& account) {
  struct Batch {
    bool settled = false;  // by some session
    bool once = false;     // so the last of them left it
    size_t others = 0;
  };
  std::map<const Submission*, Batch> batches;  // by the submission that was new
  Bounds bounds;
  for (const Submission* submission : account.submissions) {
    const Submission* first = submission;
    while (first->origin != nullptr) first = first->origin;
    Batch& batch = batches[first];
    const absl::Status status = submission->ticket.Wait().status();
    const bool possible = !HasNoSideEffects(status);
    bounds.least += status.ok() && !submission->unfounded;
    if (submission->exactly_once()) {
      batch.settled = true;
      batch.once = possible;
      bounds.deceivable |= !submission->marked();
    } else {
      const bool again = submission->options->policy == AppendRetryPolicy::kAtLeastOnce;
      batch.others += !possible ? 0 : again ? kMany : 1;
    }
    // A session's token is in force in one life alone.
    bounds.most_lives += submission->options->exactly_once.fence ? 1 : kMany;
  }
  for (const auto& [submission, batch] : batches) {
    bounds.most += batch.once + batch.others;
    bounds.most_a_life += batch.settled + batch.others;
  }
  return bounds;
}

void Ledger::CheckAccount(const Account& account) {
  for (const Submission* submission : account.submissions) {
    if (!submission->ticket.done()) return Fail(*submission, "has not resolved");
  }
  const Submission& last = *account.submissions.back();
  const Bounds bounds = BoundsOf(account);
  const size_t copies = Sum(account.copies);
  const size_t twins = bounds.deceivable ? account.twins : 0;
  if (copies + twins < bounds.least) return Fail(last, "was acked and is lost");
  if (bounds.most == 0) return CheckNothing(account);
  if (account.settled == nullptr || server_->lives().size() == 1) {
    if (copies > bounds.most) Fail(last, absl::StrCat("is there ", copies, " times"));
    return;
  }
  for (const auto& [life, count] : account.copies) {
    if (count > bounds.most_a_life) Fail(last, absl::StrCat("is there ", count, " times"));
  }
  if (account.copies.size() > bounds.most_lives) Fail(last, "is there in several lives");
}

// "No effect" was said of all of them. Under kExactlyOnce that speaks of a life that the session
// saw.
void Ledger::CheckNothing(const Account& account) {
  if (account.copies.empty()) return;
  if (const Submission* settled = account.settled) {
    for (uint64_t life = settled->opened_life; life <= settled->resolved_life; ++life) {
      if (account.copies.count(life) == 0) return;
    }
  }
  Fail(*account.submissions.back(), "was said to have no effect, and is there");
}

}  // namespace s2::simulation
