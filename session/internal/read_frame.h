// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_READ_FRAME_H_
#define S2_SESSION_INTERNAL_READ_FRAME_H_

#include <cstdint>
#include <list>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
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
  // is for the ReadBuffer to say.
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
  std::list<ReadRun> runs;
  std::optional<v1::StreamPosition> tail;
};

// Takes a message apart; no payload is copied. Error: kInvalidBatch, its records are not ascending.
// Pure, so that it runs outside the session's lock; under it, a run only changes lists.
absl::StatusOr<ReadFrame> MakeReadFrame(v1::ReadBatch&& batch, bool skip_commands);

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_READ_FRAME_H_
