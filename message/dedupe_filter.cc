// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/message/dedupe_filter.h"

#include "s2/message/framing.h"
#include "s2/message/internal/u64.h"

namespace s2 {
namespace {

constexpr char kNamelessWriter[] = "__legacy__";

}  // namespace

absl::StatusOr<bool> DedupeFilter::Accepts(const v1::SequencedRecord& record) {
  const v1::Header* number = nullptr;
  const v1::Header* writer = nullptr;
  for (const v1::Header& header : record.headers()) {
    if (number == nullptr && header.name() == kDedupeSeqHeader) number = &header;
    if (writer == nullptr && header.name() == kWriterIdHeader) writer = &header;
  }
  if (number == nullptr) return true;
  const absl::StatusOr<uint64_t> seq = internal::DecodeU64(*number, record.seq_num());
  if (!seq.ok()) return seq.status();
  const std::string& writer_id =
      writer != nullptr && !writer->value().empty() ? writer->value() : kNamelessWriter;
  if (writer_id == writer_id_ && *seq <= last_) return false;
  writer_id_ = writer_id;
  last_ = *seq;
  return true;
}

}  // namespace s2
