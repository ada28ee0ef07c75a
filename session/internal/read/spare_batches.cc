// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/read/spare_batches.h"

#include <utility>

namespace s2::internal {

std::optional<size_t> SpareBytes(const v1::ReadBatch& batch) {
  if (batch.records().ClearedCount() > 0) return std::nullopt;
  size_t bytes = 0;
  for (const v1::SequencedRecord& record : batch.records()) {
    if (record.headers().ClearedCount() > 0) return std::nullopt;
    bytes += sizeof(record) + record.body().capacity();
    for (const v1::Header& header : record.headers()) {
      bytes += sizeof(header) + header.name().capacity() + header.value().capacity();
    }
  }
  return bytes;
}

void SpareBatches::Put(v1::ReadBatch&& batch, size_t bytes) {
  spares_.push_back({std::move(batch), bytes});
  bytes_ += bytes;
}

void SpareBatches::Take(v1::ReadBatch* batch) {
  if (spares_.empty() || batch->records().Capacity() > 0) return;
  *batch = std::move(spares_.back().batch);
  bytes_ -= spares_.back().bytes;
  spares_.pop_back();
}

}  // namespace s2::internal
