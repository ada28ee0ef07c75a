// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EXAMPLES_QUICKSTART_TRANSFER_H_
#define S2_EXAMPLES_QUICKSTART_TRANSFER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "s2/client/client.h"
#include "s2/examples/quickstart/line_reader.h"
#include "s2/examples/quickstart/stop.h"

namespace quickstart {

// What went to a stream and came back the same.
struct Transferred {
  absl::Status input;  // why there was no more: OK at its end, and when it was stopped
  uint64_t records = 0;
  uint64_t bytes = 0;  // of the lines, newlines included
  s2::SeqNumRange range;
  std::string sha256;                     // over what was read, each body and a newline
  absl::Duration append_time;             // up to the last ack
  absl::Duration read_time;               // up to the last record read
  std::vector<absl::Duration> latencies;  // from submit to ack, of each batch
};

// Appends the lines to the stream, whose tail this is, while a read session follows it.
absl::StatusOr<Transferred> Transfer(const s2::Stream& stream, uint64_t tail, LineReader& lines,
                                     Stop& stop);

}  // namespace quickstart

#endif  // S2_EXAMPLES_QUICKSTART_TRANSFER_H_
