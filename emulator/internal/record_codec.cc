// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/emulator/internal/record_codec.h"

#include <google/protobuf/io/coded_stream.h>

namespace s2::emulator {
namespace {

using google::protobuf::io::CodedOutputStream;

constexpr uint8_t kVarint = 0;
constexpr uint8_t kBytes = 2;

// The tag of a field in a message; of a field below 16, which takes one byte.
constexpr uint8_t Tag(int field, uint8_t wire_type) {
  return static_cast<uint8_t>(field << 3 | wire_type);
}

constexpr uint8_t kRecords = Tag(v1::ReadBatch::kRecordsFieldNumber, kBytes);
constexpr uint8_t kTail = Tag(v1::ReadBatch::kTailFieldNumber, kBytes);
constexpr uint8_t kSeqNum = Tag(v1::SequencedRecord::kSeqNumFieldNumber, kVarint);
constexpr uint8_t kTimestamp = Tag(v1::SequencedRecord::kTimestampFieldNumber, kVarint);
constexpr uint8_t kHeaders = Tag(v1::SequencedRecord::kHeadersFieldNumber, kBytes);
constexpr uint8_t kBody = Tag(v1::SequencedRecord::kBodyFieldNumber, kBytes);

size_t VarintFieldSize(uint64_t value) {
  return value == 0 ? 0 : 1 + CodedOutputStream::VarintSize64(value);
}

size_t BytesFieldSize(size_t size) { return 1 + CodedOutputStream::VarintSize64(size) + size; }

uint8_t* WriteVarintField(uint8_t tag, uint64_t value, uint8_t* out) {
  if (value == 0) return out;
  *out++ = tag;
  return CodedOutputStream::WriteVarint64ToArray(value, out);
}

uint8_t* WriteLength(uint8_t tag, size_t size, uint8_t* out) {
  *out++ = tag;
  return CodedOutputStream::WriteVarint64ToArray(size, out);
}

size_t MessageSize(const v1::AppendRecord& record, uint64_t seq_num, uint64_t timestamp) {
  size_t size = VarintFieldSize(seq_num) + VarintFieldSize(timestamp);
  for (const v1::Header& header : record.headers()) size += BytesFieldSize(header.ByteSizeLong());
  if (!record.body().empty()) size += BytesFieldSize(record.body().size());
  return size;
}

uint64_t ReadVarint(const uint8_t*& data) {
  uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    const uint8_t byte = *data++;
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
}

// The bytes of the name and the value of the Header that is encoded in [data, end).
size_t HeaderBytes(const uint8_t* data, const uint8_t* end) {
  size_t bytes = 0;
  while (data != end) {
    ++data;
    const size_t size = ReadVarint(data);
    bytes += size;
    data += size;
  }
  return bytes;
}

}  // namespace

size_t EncodedSize(const v1::AppendRecord& record, uint64_t seq_num, uint64_t timestamp) {
  return BytesFieldSize(MessageSize(record, seq_num, timestamp));
}

uint8_t* Encode(const v1::AppendRecord& record, uint64_t seq_num, uint64_t timestamp,
                uint8_t* out) {
  out = WriteLength(kRecords, MessageSize(record, seq_num, timestamp), out);
  out = WriteVarintField(kSeqNum, seq_num, out);
  out = WriteVarintField(kTimestamp, timestamp, out);
  for (const v1::Header& header : record.headers()) {
    out = WriteLength(kHeaders, header.GetCachedSize(), out);
    out = header.SerializeWithCachedSizesToArray(out);
  }
  if (record.body().empty()) return out;
  out = WriteLength(kBody, record.body().size(), out);
  return CodedOutputStream::WriteRawToArray(record.body().data(),
                                            static_cast<int>(record.body().size()), out);
}

RecordView Decode(const uint8_t* data) {
  RecordView view;
  ++data;
  const size_t size = ReadVarint(data);
  view.end = data + size;
  view.metered = 8;
  while (data != view.end) {
    const uint8_t tag = *data++;
    const uint64_t value = ReadVarint(data);
    if (tag == kSeqNum) {
      view.seq_num = value;
    } else if (tag == kTimestamp) {
      view.timestamp = value;
    } else {
      view.metered += tag == kHeaders ? 2 + HeaderBytes(data, data + value) : value;
      data += value;
    }
  }
  return view;
}

std::string EncodeTail(const v1::StreamPosition& tail) {
  const std::string message = tail.SerializeAsString();
  std::string field;
  field.push_back(static_cast<char>(kTail));
  field.push_back(static_cast<char>(message.size()));
  return field + message;
}

}  // namespace s2::emulator
