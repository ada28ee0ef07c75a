// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/read/spare_batches.h"

#include <google/protobuf/repeated_ptr_field.h>

#include <utility>

namespace s2::internal {

namespace {

// A field keeps the elements that were removed from it, behind those that it shows, and does not
// tell how many. Afterwards it has none.
template <typename Element>
void DropRemoved(google::protobuf::RepeatedPtrField<Element>& field) {
  if (field.size() == field.Capacity()) return;
  google::protobuf::RepeatedPtrField<Element> kept;
  if (!field.empty()) {
    std::vector<Element*> elements(static_cast<size_t>(field.size()));
    field.ExtractSubrange(0, field.size(), elements.data());
    kept.Reserve(static_cast<int>(elements.size()));
    for (Element* const element : elements) kept.AddAllocated(element);
  }
  field.Swap(&kept);
}

}  // namespace

size_t MakeSpare(v1::ReadBatch& batch) {
  DropRemoved(*batch.mutable_records());
  size_t bytes = 0;
  for (v1::SequencedRecord& record : *batch.mutable_records()) {
    DropRemoved(*record.mutable_headers());
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
  // An empty field has a capacity too, of 0 or 1.
  const int none = v1::ReadBatch::default_instance().records().Capacity();
  if (spares_.empty() || batch->records().Capacity() > none) return;
  *batch = std::move(spares_.back().batch);
  bytes_ -= spares_.back().bytes;
  spares_.pop_back();
}

}  // namespace s2::internal
