// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_READ_SPARE_BATCHES_H_
#define S2_SESSION_INTERNAL_READ_SPARE_BATCHES_H_

#include <cstddef>
#include <vector>

#include "s2/v1/s2.pb.h"

namespace s2::internal {

// Frees what a batch keeps and does not show, from a larger one before, and returns how much memory
// it would keep if another were read into it.
size_t MakeSpare(v1::ReadBatch& batch);

// Batches that the consumer has done with: what is read into one of them has little to allocate.
// Not thread safe.
class SpareBatches {
 public:
  // `bytes`: what MakeSpare returned for the batch.
  void Put(v1::ReadBatch&& batch, size_t bytes);
  // Makes `batch` one that was put, as it was put, if there is one and `batch` has no memory of its
  // own.
  void Take(v1::ReadBatch* batch);

  size_t bytes() const { return bytes_; }

 private:
  struct Spare {
    v1::ReadBatch batch;
    size_t bytes;
  };

  std::vector<Spare> spares_;  // the last one's memory is the likeliest to be cached
  size_t bytes_ = 0;           // the sum
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_READ_SPARE_BATCHES_H_
