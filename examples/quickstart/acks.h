// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EXAMPLES_QUICKSTART_ACKS_H_
#define S2_EXAMPLES_QUICKSTART_ACKS_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/time/time.h"
#include "s2/examples/quickstart/stop.h"
#include "s2/session/append_ticket.h"
#include "s2/session/read_session.h"

namespace quickstart {

// Where this run's records are in the stream, as their acks tell: others may write to it too, and
// a batch that was sent again may be there twice. Thread safe; held by std::shared_ptr, because the
// tickets' callbacks share it.
class Acks : public std::enable_shared_from_this<Acks> {
 public:
  // Of a stream with this tail. A batch that fails sets `stop`.
  Acks(uint64_t tail, Stop& stop) : stop_(stop), range_{tail, tail}, tail_(tail) {}

  // Follows the ticket of a batch that was submitted just now.
  void Watch(const s2::AppendTicket& ticket);

  // There are no more tickets; waits for the callbacks of those that there were.
  void Finish();

  // Waits for an ack of a record at `seq_num` or behind it. False: there will be none.
  bool AwaitFrom(uint64_t seq_num);

  // Waits until it is known whether the record at `seq_num` is one of this run's. To be asked in
  // ascending order.
  bool AwaitIsOurs(uint64_t seq_num);

  // From the first acked record to behind the last; empty, at the tail, without any.
  s2::SeqNumRange range() const;

  // The stream's tail, as the last ack told it.
  uint64_t tail() const;

  // From submit to ack, of each batch.
  std::vector<absl::Duration> latencies() const;

 private:
  void OnDone(const absl::StatusOr<s2::v1::AppendAck>& ack, absl::Duration latency);
  bool AwaitFromLocked(uint64_t seq_num, std::unique_lock<std::mutex>& lock);

  Stop& stop_;

  mutable std::mutex mu_;  // guards all that follows
  std::condition_variable changed_;
  uint64_t watched_ = 0;  // tickets whose callback has not come
  bool finished_ = false;
  s2::SeqNumRange range_;
  // Acked and not asked for yet: ascending, neighbours merged.
  std::deque<s2::SeqNumRange> unread_;
  uint64_t tail_;
  std::vector<absl::Duration> latencies_;
};

}  // namespace quickstart

#endif  // S2_EXAMPLES_QUICKSTART_ACKS_H_
