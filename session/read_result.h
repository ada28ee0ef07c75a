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
  // Records, in order; and the tail when the server told it. There is at least one, unless it is
  // the end or all that there is to say is what was skipped.
  v1::ReadBatch batch;
  // Positions just before this batch that the server has trimmed, and so cannot be read; commands
  // left out may be among them. Where no record follows, because all up to the tail is trimmed or
  // left out, they come alone: then the session goes on at skipped->end. Known only once the
  // session has a position: from the first record for a start by timestamp or tail offset.
  std::optional<SeqNumRange> skipped;
  // The clean end: a limit was met. There is no batch, nothing was skipped, and there will be none.
  bool end = false;

  // The clean end.
  static ReadResult End();
};

}  // namespace s2

#endif  // S2_SESSION_READ_RESULT_H_
