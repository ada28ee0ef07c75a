// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EMULATOR_INTERNAL_RECORD_CODEC_H_
#define S2_EMULATOR_INTERNAL_RECORD_CODEC_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "s2/v1/s2.pb.h"

// Records are kept as they stand in a serialised ReadBatch: the tag of the field `records`, a
// length, a SequencedRecord. So a run of them is a ReadBatch, ready to be sent.
namespace s2::emulator {

// How many bytes `record` takes at this position.
size_t EncodedSize(const v1::AppendRecord& record, uint64_t seq_num, uint64_t timestamp);

// Writes as many bytes as EncodedSize says, and returns their end.
uint8_t* Encode(const v1::AppendRecord& record, uint64_t seq_num, uint64_t timestamp, uint8_t* out);

// An encoded record.
struct RecordView {
  uint64_t seq_num = 0;
  uint64_t timestamp = 0;
  size_t metered = 0;
  const uint8_t* end = nullptr;  // where the next record begins
};

// The record that Encode wrote at `data`.
RecordView Decode(const uint8_t* data);

// The field `tail` of a serialised ReadBatch.
std::string EncodeTail(const v1::StreamPosition& tail);

}  // namespace s2::emulator

#endif  // S2_EMULATOR_INTERNAL_RECORD_CODEC_H_
