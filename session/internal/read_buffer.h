// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_READ_BUFFER_H_
#define S2_SESSION_INTERNAL_READ_BUFFER_H_

#include <cstdint>
#include <deque>
#include <optional>

#include "s2/session/internal/read_frame.h"
#include "s2/session/read_session.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// How far a consumer is.
struct ReadProgress {
  // Since the session began, commands left out included. Metered bytes.
  uint64_t records = 0;
  uint64_t bytes = 0;
  std::optional<uint64_t> next_seq_num;
  std::optional<v1::StreamPosition> tail;
  // Everything before `tail`, and no retry since.
  bool caught_up = false;
};

// The batches between the network and the consumer, and what is true once each has been taken: what
// came without a batch to show (heartbeats, batches of commands left out) counts when the batch
// before it is taken. Not thread safe.
class ReadBuffer {
 public:
  explicit ReadBuffer(std::optional<uint64_t> next_seq_num);

  // Takes in a frame: `skipped` is missing before its first run, `next_seq_num` comes behind it.
  void Push(ReadFrame&& frame, std::optional<SeqNumRange> skipped,
            std::optional<uint64_t> next_seq_num);

  // The stream broke: nobody knows the tail now.
  void FallBehind();

  // The next batch; there must be one.
  ReadResult Take();

  // Drops the batches, as if they had never come.
  void Clear();

  bool empty() const { return items_.empty(); }
  uint64_t held_bytes() const { return held_bytes_; }

  // As of the last batch taken.
  const ReadProgress& taken() const { return taken_; }

 private:
  struct Item {
    ReadResult result;
    uint64_t held_bytes = 0;
    ReadProgress after;
  };

  // `received_` has changed without a new item.
  void Settle();

  std::deque<Item> items_;
  uint64_t held_bytes_ = 0;  // the sum over items_
  ReadProgress taken_;
  ReadProgress received_;  // equals the last item's `after`, or taken_ when there is none
  // Missing before the next batch to show; the commands left out since are part of it.
  std::optional<SeqNumRange> skipped_;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_READ_BUFFER_H_
