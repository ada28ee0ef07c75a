// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_BENCH_LITE_RUN_H_
#define S2_BENCH_LITE_RUN_H_

#include <cstddef>

#include "absl/time/time.h"

// One run on an `s2 lite` of its own, in memory: appends with a live reader beside them for a
// while, then, after the last ack, a read of everything. Each record has a random body and a hash
// of all bodies so far in a header, which both readers check: what `s2 bench` does.
namespace s2::bench {

// What is appended, and how fast.
struct LiteLoad {
  size_t record_bytes;  // metered
  size_t batch_records;
  double mib_per_second;
  absl::Duration duration;
};

struct LiteFigures {
  double append_rate;  // MiB/s
  double read_rate;
  double append_cpu;  // seconds of the client's, its live reader's included, a GiB
  double read_cpu;
  double ack_p50;  // ms
};

LiteFigures RunOurs(const LiteLoad& load);
// `s2 bench`, which chooses its batches itself.
LiteFigures RunOfficial(const LiteLoad& load);

}  // namespace s2::bench

#endif  // S2_BENCH_LITE_RUN_H_
