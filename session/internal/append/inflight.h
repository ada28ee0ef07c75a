// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_APPEND_INFLIGHT_H_
#define S2_SESSION_INTERNAL_APPEND_INFLIGHT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "s2/session/internal/append_batch.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// The batches without an ack, in order, and how far the current attempt has written them. Not
// thread safe: the session's mutex guards it.
class Inflight {
 public:
  bool empty() const { return batches_.empty(); }
  size_t size() const { return batches_.size(); }
  bool has_unwritten() const { return written_ < batches_.size(); }
  const AppendBatches& batches() const { return batches_; }

  // Puts a batch at the end.
  void Push(std::shared_ptr<AppendBatch> batch) { batches_.push_back(std::move(batch)); }

  // The first batch that this attempt has not written, which counts as written from now on; null:
  // there is none.
  std::shared_ptr<AppendBatch> NextToWrite();

  // OK, or (kInvalidAck) why this cannot be the ack of the head. Changes nothing.
  absl::Status CheckAck(const v1::AppendAck& ack) const;

  // Removes the head, whose ack this is; CheckAck was OK.
  std::shared_ptr<AppendBatch> Pop(const v1::AppendAck& ack);

  // The same between attempts, for a batch that was found in the stream.
  std::shared_ptr<AppendBatch> PopSettled(const v1::AppendAck& ack);

  // The attempt is over: marks what it may have had accepted as far as `error` does not prove
  // otherwise. The next attempt writes from the head again.
  void EndAttempt(const absl::Status& error);

  // Takes all batches.
  AppendBatches TakeAll();

 private:
  AppendBatches batches_;
  // The first so many of batches_ were handed to the transport in this attempt.
  size_t written_ = 0;
  // Batches acked in this attempt.
  uint64_t acked_ = 0;
  // Where the last acked batch ends, over all attempts.
  std::optional<uint64_t> previous_end_;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_APPEND_INFLIGHT_H_
