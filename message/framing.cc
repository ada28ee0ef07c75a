// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/message/framing.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "s2/message/internal/u64.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"

namespace s2 {
namespace {

absl::Status CheckRange(absl::string_view field, size_t value, size_t most) {
  if (value >= 1 && value <= most) return absl::OkStatus();
  return MakeError(ErrorCode::kInvalid, absl::StrCat(field, " is ", value, ": 1 to ", most));
}

}  // namespace

absl::Status Validate(const FramingOptions& options) {
  if (absl::Status s = CheckRange("max_part_bytes", options.max_part_bytes, kMaxPartBytes);
      !s.ok()) {
    return s;
  }
  return CheckRange("max_message_bytes", options.max_message_bytes, kMaxMessageBytes);
}

absl::StatusOr<std::vector<v1::AppendRecord>> FrameMessage(absl::string_view message,
                                                           const FramingOptions& options) {
  if (absl::Status s = CheckRange("the message's size", message.size(), options.max_message_bytes);
      !s.ok()) {
    return s;
  }
  const size_t parts = (message.size() - 1) / options.max_part_bytes + 1;
  std::vector<v1::AppendRecord> records;
  records.reserve(parts);
  records.push_back(MakeRecord({{kFrameRecordsHeader, internal::EncodeU64(parts)},
                                {kFrameBytesHeader, internal::EncodeU64(message.size())}},
                               std::string(message.substr(0, options.max_part_bytes))));
  for (size_t begin = options.max_part_bytes; begin < message.size();
       begin += options.max_part_bytes) {
    records.push_back(MakeRecord(std::string(message.substr(begin, options.max_part_bytes))));
  }
  return records;
}

}  // namespace s2
