// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/message/dedupe_stamp.h"

#include <random>

#include "absl/strings/str_cat.h"
#include "s2/message/framing.h"
#include "s2/message/internal/u64.h"
#include "s2/retry/error.h"

namespace s2 {
namespace {

constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
constexpr size_t kWriterIdBytes = 12;

// From the system itself, so that a process and the child that it forked do not draw the same.
std::string NewWriterId() {
  std::random_device system;
  std::string id(kWriterIdBytes, '\0');
  for (char& letter : id) letter = kLetters[system() % 64];
  return id;
}

}  // namespace

DedupeStamp::DedupeStamp(uint64_t first) : writer_id_(NewWriterId()), next_(first) {}

absl::Status DedupeStamp::Stamp(std::vector<v1::AppendRecord>& records) {
  for (size_t i = 0; i < records.size(); ++i) {
    for (const v1::Header& header : records[i].headers()) {
      if (header.name() == kDedupeSeqHeader || header.name() == kWriterIdHeader) {
        return MakeError(ErrorCode::kInvalid, absl::StrCat("records[", i, "] brings header ",
                                                           header.name(), ", which is reserved"));
      }
    }
  }
  for (v1::AppendRecord& record : records) {
    v1::Header* const number = record.add_headers();
    number->set_name(kDedupeSeqHeader);
    number->set_value(internal::EncodeU64(next_++));
    v1::Header* const writer = record.add_headers();
    writer->set_name(kWriterIdHeader);
    writer->set_value(writer_id_);
  }
  return absl::OkStatus();
}

}  // namespace s2
