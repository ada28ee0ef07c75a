// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_READ_RESULT_H_
#define S2_SESSION_READ_RESULT_H_

#include <cstdint>
#include <optional>

#include "s2/v1/s2.pb.h"

namespace s2 {

// Sequence numbers [begin, end).
struct SeqNumRange {
  uint64_t begin = 0;
  uint64_t end = 0;
};

// A step of a read session.
struct ReadResult {
  // Records, in order, at least one, unless it is the end; and the tail when the server told it.
  v1::ReadBatch batch;
  // Positions just before this batch that the server has trimmed, and so cannot be read. Known only
  // once the session has a position: from the first record for a start by timestamp or tail offset.
  std::optional<SeqNumRange> skipped;
  // The clean end: a limit was met. There is no batch, and there will be none.
  bool end = false;

  // The clean end.
  static ReadResult End();
};

}  // namespace s2

#endif  // S2_SESSION_READ_RESULT_H_
