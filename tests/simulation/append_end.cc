// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/simulation/append_end.h"

#include <utility>

#include "s2/retry/error.h"
#include "s2/tests/simulation/faults.h"

namespace s2::simulation {

// An error that may have had effects comes with them or without, and with the acks that are owed or
// without.
void AppendEnd::OnInput(Input input) {
  if (over() || failure_) return;
  ++taken_;
  if (std::optional<absl::Status> error = server().TakeInputError()) {
    failure_.emplace().error = *std::move(error);
    if (!IsHarmless(failure_->error)) {
      if (server().dice().OneIn(2)) server().Append(input, connection().owner(), stray_);
      if (server().dice().OneIn(2)) owed_.clear();
    }
  } else {
    const Verdict verdict = server().Append(input, connection().owner(), stray_);
    if (verdict.error.ok()) {
      owed_.push_back(verdict);
    } else {
      failure_ = verdict;
    }
  }
  OnDurable();
}

void AppendEnd::OnHalfClose() {
  half_closed_ = true;
  OnDurable();
}

void AppendEnd::OnDurable() {
  const uint64_t durable = stream().durable();
  for (; !owed_.empty() && owed_.front().needs <= durable; owed_.pop_front()) {
    const Verdict& verdict = owed_.front();
    if (connection().withheld()) continue;
    connection().Send(connection().TakeLie() ? MakeLie(verdict)
                                             : stream().Ack(verdict.start, verdict.end));
    acked_ = verdict;
  }
  if (!owed_.empty() || over()) return;
  if (failure_ && failure_->needs <= durable) {
    // Where acks were withheld, nothing that speaks for the batches without one is true.
    const bool misleading = connection().withheld() && IsHarmless(failure_->error);
    End(misleading ? absl::UnavailableError("cut") : failure_->error);
  } else if (half_closed_) {
    End(absl::OkStatus());
  }
}

void AppendEnd::Leave() {
  if (failure_) return;
  failure_.emplace().error = Leaving(taken_);
  if (server().dice().OneIn(3)) owed_.clear();
  OnDurable();
}

void AppendEnd::OnLoss() {
  owed_.clear();
  stray_ = true;
}

v1::AppendAck AppendEnd::MakeLie(const Verdict& verdict) {
  v1::AppendAck ack = stream().Ack(verdict.start, verdict.end);
  switch (server().dice().Pick(acked_ ? 5 : 4)) {
    case 0:
      ack.mutable_end()->set_seq_num(verdict.end + 1);
      ack.mutable_tail()->set_seq_num(verdict.end + 1);
      break;
    case 1:
      ack.mutable_start()->set_seq_num(verdict.end);
      break;
    case 2:
      ack.clear_start();
      break;
    case 3:
      ack.mutable_tail()->set_seq_num(verdict.start);
      break;
    case 4: {
      const uint64_t records = verdict.end - verdict.start;
      ack.mutable_start()->set_seq_num(acked_->end - 1);
      ack.mutable_end()->set_seq_num(acked_->end - 1 + records);
      break;
    }
  }
  return ack;
}

}  // namespace s2::simulation
