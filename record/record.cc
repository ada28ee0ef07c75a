// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/record/record.h"

namespace s2 {
namespace {

template <typename Record>
bool IsCommandRecord(const Record& record) {
  return record.headers_size() == 1 && record.headers(0).name().empty();
}

template <typename Record>
size_t MeterRecord(const Record& record) {
  size_t bytes = 8 + 2 * static_cast<size_t>(record.headers_size()) + record.body().size();
  for (const v1::Header& header : record.headers()) {
    bytes += header.name().size() + header.value().size();
  }
  return bytes;
}

template <typename Batch>
size_t MeterBatch(const Batch& batch) {
  size_t bytes = 0;
  for (const auto& record : batch.records()) bytes += MeterRecord(record);
  return bytes;
}

}  // namespace

v1::AppendRecord MakeRecord(std::string body) {
  v1::AppendRecord record;
  record.set_body(std::move(body));
  return record;
}

v1::AppendRecord MakeRecord(
    std::initializer_list<std::pair<absl::string_view, absl::string_view>> headers,
    std::string body) {
  v1::AppendRecord record = MakeRecord(std::move(body));
  for (const auto& [name, value] : headers) {
    v1::Header* header = record.add_headers();
    header->set_name(name.data(), name.size());
    header->set_value(value.data(), value.size());
  }
  return record;
}

v1::AppendRecord MakeFenceRecord(absl::string_view token) {
  return MakeRecord({{"", "fence"}}, std::string(token));
}

v1::AppendRecord MakeTrimRecord(uint64_t seq_num) {
  std::string body(8, '\0');
  for (int i = 7; i >= 0; --i, seq_num >>= 8) body[i] = static_cast<char>(seq_num & 0xff);
  return MakeRecord({{"", "trim"}}, std::move(body));
}

v1::AppendInput MakeInput(std::vector<v1::AppendRecord> records) {
  v1::AppendInput input;
  for (v1::AppendRecord& record : records) *input.add_records() = std::move(record);
  return input;
}

bool IsCommand(const v1::AppendRecord& record) { return IsCommandRecord(record); }
bool IsCommand(const v1::SequencedRecord& record) { return IsCommandRecord(record); }

size_t MeteredBytes(const v1::AppendRecord& record) { return MeterRecord(record); }
size_t MeteredBytes(const v1::SequencedRecord& record) { return MeterRecord(record); }
size_t MeteredBytes(const v1::AppendInput& input) { return MeterBatch(input); }
size_t MeteredBytes(const v1::ReadBatch& batch) { return MeterBatch(batch); }

}  // namespace s2
