// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_READ_READ_FRAME_H_
#define S2_SESSION_INTERNAL_READ_READ_FRAME_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
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

// Records without a gap between them, on their way to the consumer.
struct ReadRun {
  // The batch without its commands, if they are left out: may be empty. What was skipped before it
  // is for the ReadBuffer to say; a run of the ReadBuffer's own says that alone.
  ReadResult result;
  uint64_t held_bytes = 0;  // metered, of the batch
  // As received, commands included.
  SeqNumRange seq_nums;
  uint64_t bytes = 0;  // metered
  // What is true once it was taken, if that is more than that it was: the ReadBuffer's.
  std::unique_ptr<ReadProgress> after;

  uint64_t records() const { return seq_nums.end - seq_nums.begin; }
};

// What a server sent in one message, as a session needs to know it.
struct ReadFrame {
  // Ascending; more than one only where records within the message are missing. None: a heartbeat.
  absl::InlinedVector<ReadRun, 1> runs;
  std::optional<v1::StreamPosition> tail;
};

// Makes the frame one run, for a message to be received into its batch.
v1::ReadBatch* MakeReady(ReadFrame* frame);

// Takes the message that was received apart; no payload is copied. Error: kInvalidBatch, its
// records are not ascending. Pure, so that it runs outside the session's lock.
absl::Status TakeApart(bool skip_commands, ReadFrame* frame);

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_READ_READ_FRAME_H_
