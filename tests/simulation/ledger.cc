// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/simulation/ledger.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"

namespace s2::simulation {
namespace {

std::string Name(const Submission& submission) {
  return absl::StrCat("batch ", Key(*submission.input));
}

// Does the stream hold the record as it was submitted?
bool Same(const v1::AppendRecord& submitted, const v1::AppendRecord& found) {
  if (submitted.body() != found.body()) return false;
  return std::equal(submitted.headers().begin(), submitted.headers().end(), found.headers().begin(),
                    found.headers().end(), [](auto& a, auto& b) {
                      return a.name() == b.name() && a.value() == b.value();
                    });
}

}  // namespace

Submission* Ledger::Add(Submission submission) {
  submissions_.push_back(std::make_unique<Submission>(std::move(submission)));
  Submission* added = submissions_.back().get();
  copies_[Key(*added->input)].submissions.push_back(added);
  return added;
}

void Ledger::CheckAck(Submission& submission) {
  const v1::AppendAck& ack = *submission.ticket.Wait();
  const uint64_t start = ack.start().seq_num();
  const uint64_t end = ack.end().seq_num();
  const uint64_t life = Stream::Life(ack.start().timestamp());
  if (life >= server_->lives().size()) {
    return world_->Fail(absl::StrCat(Name(submission), " was acked by no stream that ever was"));
  }
  const Stream& stream = *server_->lives()[life];
  submission.life = life;
  const v1::AppendInput& input = *submission.input;
  if (end - start != static_cast<uint64_t>(input.records_size())) {
    return world_->Fail(absl::StrCat(Name(submission), " was acked with ", end - start,
                                     " records; it has ", input.records_size()));
  }
  if (end > stream.durable()) {
    return world_->Fail(absl::StrCat(Name(submission), " was acked and is not durable"));
  }
  for (uint64_t i = start; i < end; ++i) {
    if (!Same(input.records(static_cast<int>(i - start)), stream.at(i).record())) {
      return world_->Fail(absl::StrCat(Name(submission), " was acked at ", start,
                                       ", and is not there but ", stream.at(i).record().body()));
    }
  }
}

void Ledger::CheckEnd() {
  for (const auto& stream : server_->lives()) Count(*stream);
  for (const auto& submission : submissions_) {
    const std::string& key = Key(*submission->input);
    const Copies& copies = copies_[key];
    if (copies.submissions.front() == submission.get()) CheckCopies(key, copies);
  }
}

// Also: of the batches of one session, the first copies are in the order in which they were
// submitted. (Those acked in an earlier life need not come again, in order or at all.)
void Ledger::Count(const Stream& stream) {
  std::map<int, size_t> next;  // by writer: what may come
  std::map<const Submission*, bool> seen;
  for (uint64_t i = 0; i < stream.durable(); ++i) {
    const Entry& entry = stream.at(i);
    if (entry.index != 0 || entry.writer == kForeign) continue;
    const auto found = copies_.find(Key(*entry.input));
    if (found == copies_.end()) continue;
    ++found->second.count;
    if (found->second.submissions.size() > 1) continue;
    const Submission& submission = *found->second.submissions.front();
    if (entry.stray || std::exchange(seen[&submission], true)) continue;
    if (submission.life && *submission.life < stream.life()) continue;
    if (submission.number < next[submission.writer]) {
      world_->Fail(absl::StrCat(Name(submission), " is behind one that was submitted later"));
    }
    next[submission.writer] = submission.number + 1;
  }
}

void Ledger::CheckCopies(const std::string& key, const Copies& copies) {
  size_t acked = 0;
  size_t unknown = 0;
  bool may_double = false;
  for (const Submission* submission : copies.submissions) {
    if (!submission->ticket.done()) {
      return world_->Fail(absl::StrCat("the ticket of batch ", key, " has not resolved"));
    }
    const absl::Status status = submission->ticket.Wait().status();
    acked += status.ok();
    unknown += !status.ok() && !HasNoSideEffects(status);
    may_double |= submission->may_double && !HasNoSideEffects(status);
  }
  if (copies.count < acked) {
    world_->Fail(absl::StrCat("batch ", key, " was acked and is lost"));
  } else if (acked + unknown == 0 && copies.count > 0) {
    world_->Fail(absl::StrCat("batch ", key, " was said to have no effect, and is there"));
  } else if (copies.count > acked + unknown && !may_double) {
    world_->Fail(absl::StrCat("batch ", key, " is there ", copies.count, " times"));
  }
}

}  // namespace s2::simulation
