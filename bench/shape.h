// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_BENCH_SHAPE_H_
#define S2_BENCH_SHAPE_H_

#include <algorithm>
#include <cstddef>
#include <string>

#include "absl/time/time.h"

namespace s2::bench {

// What is sent: batches of so many records with bodies of so many bytes.
struct Shape {
  std::string name;
  size_t records;
  size_t body_bytes;

  size_t batch_bytes() const { return records * body_bytes; }

  // Batches of one run.
  size_t batches(bool quick) const {
    constexpr size_t kMostBytes = size_t{512} << 20;
    constexpr size_t kMostBatches = 150'000;
    const size_t batches = std::min(kMostBytes / batch_bytes(), kMostBatches);
    return quick ? std::max<size_t>(batches / 100, 1) : batches;
  }

  // How fast so many batches were. Small ones are counted, big ones weighed.
  std::string unit() const { return records == 1 ? "batches/s" : "MiB/s"; }
  double rate(size_t batches, absl::Duration elapsed) const {
    const double per_batch = records == 1 ? 1 : static_cast<double>(batch_bytes()) / (1 << 20);
    return static_cast<double>(batches) * per_batch / absl::ToDoubleSeconds(elapsed);
  }
};

inline const Shape kBigRecords = {"64x8KiB", 64, 8192};
inline const Shape kSmallRecords = {"256x256B", 256, 256};
inline const Shape kOneRecord = {"1x64B", 1, 64};

// Unacked bytes of an append, bytes held for the consumer of a read.
inline constexpr size_t kWindow = 5 * 1024 * 1024;

}  // namespace s2::bench

#endif  // S2_BENCH_SHAPE_H_
