// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_EXACTLY_ONCE_PINS_H_
#define S2_SESSION_INTERNAL_EXACTLY_ONCE_PINS_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "s2/session/internal/append_batch.h"

namespace s2::internal {

// Which position each batch of a kExactlyOnce session is for: its match_seq_num, for life. Not
// thread safe: the session's mutex guards it.
class Pins {
 public:
  // Has Begin been called?
  bool known() const { return next_.has_value(); }

  // The stream's next record gets this position.
  void Begin(uint64_t position) { next_ = position; }

  // A batch is put at the end of the queue. Error: kInvalid, its own match_seq_num cannot be; then
  // nothing has changed. One that has its own may have been sent before, by another session, and
  // is marked.
  absl::Status Admit(AppendBatch& batch);

  // Pins a batch that is about to be written, unless it is pinned. In order; known().
  void Pin(AppendBatch& batch);

  // A batch is acked.
  void OnAck(const AppendBatch& batch);

  // Pins the batches without an ack anew, from `position` on. False: they have to keep their pins,
  // because they are not a guess any more. None of them is marked or being written.
  bool Repin(const AppendBatches& batches, uint64_t position);

 private:
  // Where the next batch without a pin goes.
  std::optional<uint64_t> next_;
  // Where the last batch that was submitted ends, while all have brought their own pins.
  std::optional<uint64_t> own_end_;
  // A batch without one was submitted.
  bool pinning_ = false;
  // Nothing has been acked where we pinned it.
  bool guess_ = true;
  int guesses_ = 0;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_EXACTLY_ONCE_PINS_H_
