// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/examples/quickstart/acks.h"

#include "absl/time/clock.h"

namespace quickstart {

void Acks::Watch(const s2::AppendTicket& ticket) {
  {
    const std::lock_guard<std::mutex> lock(mu_);
    ++watched_;
  }
  ticket.OnDone([self = shared_from_this(),
                 submitted = absl::Now()](const absl::StatusOr<s2::v1::AppendAck>& ack) {
    self->OnDone(ack, absl::Now() - submitted);
  });
}

void Acks::OnDone(const absl::StatusOr<s2::v1::AppendAck>& ack, absl::Duration latency) {
  const std::lock_guard<std::mutex> lock(mu_);
  --watched_;
  changed_.notify_all();  // who waits looks once the lock is free
  if (!ack.ok()) {
    stop_.Set();  // Close says why
    return;
  }
  const s2::SeqNumRange acked = {ack->start().seq_num(), ack->end().seq_num()};
  if (range_.begin == range_.end) range_.begin = acked.begin;
  range_.end = acked.end;
  tail_ = ack->tail().seq_num();
  latencies_.push_back(latency);
  if (!unread_.empty() && unread_.back().end == acked.begin) {
    unread_.back().end = acked.end;
  } else {
    unread_.push_back(acked);
  }
}

void Acks::Finish() {
  std::unique_lock<std::mutex> lock(mu_);
  changed_.wait(lock, [this] { return watched_ == 0; });
  finished_ = true;
  changed_.notify_all();
}

bool Acks::AwaitFrom(uint64_t seq_num) {
  std::unique_lock<std::mutex> lock(mu_);
  return AwaitFromLocked(seq_num, lock);
}

bool Acks::AwaitIsOurs(uint64_t seq_num) {
  std::unique_lock<std::mutex> lock(mu_);
  if (!AwaitFromLocked(seq_num, lock)) return false;
  while (!unread_.empty() && unread_.front().end <= seq_num) unread_.pop_front();
  return !unread_.empty() && unread_.front().begin <= seq_num;
}

bool Acks::AwaitFromLocked(uint64_t seq_num, std::unique_lock<std::mutex>& lock) {
  changed_.wait(lock, [this, seq_num] { return range_.end > seq_num || finished_; });
  return range_.end > seq_num;
}

s2::SeqNumRange Acks::range() const {
  const std::lock_guard<std::mutex> lock(mu_);
  return range_;
}

uint64_t Acks::tail() const {
  const std::lock_guard<std::mutex> lock(mu_);
  return tail_;
}

std::vector<absl::Duration> Acks::latencies() const {
  const std::lock_guard<std::mutex> lock(mu_);
  return latencies_;
}

}  // namespace quickstart
