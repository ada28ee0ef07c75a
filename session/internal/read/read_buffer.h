// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_READ_READ_BUFFER_H_
#define S2_SESSION_INTERNAL_READ_READ_BUFFER_H_

#include <cstdint>
#include <deque>
#include <optional>

#include "s2/session/internal/read/read_frame.h"
#include "s2/session/read_session.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// The results between the network and the consumer, and what is true once each has been taken: what
// came without a result to show (heartbeats, batches of commands left out) counts when the result
// before it is taken. Not thread safe.
class ReadBuffer {
 public:
  explicit ReadBuffer(std::optional<uint64_t> next_seq_num);

  // Takes a frame's runs: `skipped` is missing before the first, or, if there is none, at the end;
  // `next_seq_num` comes behind them all.
  void Push(ReadFrame* frame, std::optional<SeqNumRange> skipped,
            std::optional<uint64_t> next_seq_num);

  // The stream broke: nobody knows the tail now.
  void FallBehind();

  // The next result; there must be one.
  ReadResult Take();

  // Drops the results, as if they had never come.
  void Clear();

  bool empty() const { return runs_.empty(); }
  uint64_t held_bytes() const { return held_bytes_; }

  // As of the last result taken.
  const ReadProgress& taken() const { return taken_; }

 private:
  static void Advance(ReadProgress& progress, const ReadRun& run);
  void Add(ReadRun&& run);
  // `received_` has changed by more than a new run.
  void Settle();

  // Each has records, or says what was skipped; no two without records follow one another.
  std::deque<ReadRun> runs_;
  uint64_t held_bytes_ = 0;  // the sum over runs_
  ReadProgress taken_;
  ReadProgress received_;  // what taken_ will be when runs_ is empty
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_READ_READ_BUFFER_H_
