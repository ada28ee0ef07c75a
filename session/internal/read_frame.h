// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_READ_FRAME_H_
#define S2_SESSION_INTERNAL_READ_FRAME_H_

#include <cstdint>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "s2/session/read_session.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// Records without a gap between them.
struct ReadRun {
  // Without its commands, if they are left out: may be empty.
  v1::ReadBatch batch;
  uint64_t held_bytes = 0;  // metered, of `batch`
  // As received, commands included.
  SeqNumRange seq_nums;
  uint64_t records = 0;
  uint64_t bytes = 0;  // metered
};

// What a server sent in one message, as a session needs to know it.
struct ReadFrame {
  // Ascending; more than one only where records within the message are missing. None: a heartbeat.
  absl::InlinedVector<ReadRun, 1> runs;
  std::optional<v1::StreamPosition> tail;
};

// Takes a message apart; no payload is copied. Error: kInvalidBatch, its records are not ascending.
// Pure, so that it runs outside the session's lock.
absl::StatusOr<ReadFrame> MakeReadFrame(v1::ReadBatch&& batch, bool skip_commands);

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_READ_FRAME_H_
