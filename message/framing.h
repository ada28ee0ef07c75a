// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_MESSAGE_FRAMING_H_
#define S2_MESSAGE_FRAMING_H_

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "s2/v1/s2.pb.h"

// How a message rides on records: cut into parts, one a record, the first of which says how many
// records and bytes there are. On the wire the same as S2's TypeScript package streamstore-patterns
// 2.1.4. MessageWriter does all this; the pieces are for those who append records by themselves.
namespace s2 {

// Headers of the first record of a message, in this order; the values are big-endian and have 8
// bytes each.
inline constexpr char kFrameRecordsHeader[] = "_frame_records";
inline constexpr char kFrameBytesHeader[] = "_frame_bytes";
// Headers of each record that can be told from its duplicates (DedupeStamp), behind those.
inline constexpr char kDedupeSeqHeader[] = "_dedupe_seq";  // big-endian, 8 bytes
inline constexpr char kWriterIdHeader[] = "_writer_id";

// The longest part that fits into a record with all four headers.
inline constexpr size_t kMaxPartBytes = 1'048'477;
// The longest message.
inline constexpr size_t kMaxMessageBytes = 100 * 1024 * 1024;

struct FramingOptions {
  // Longest part of a message. Default and most: kMaxPartBytes. Least: 1.
  size_t max_part_bytes = kMaxPartBytes;
  // Longest message. Default and most: kMaxMessageBytes. Least: 1.
  size_t max_message_bytes = kMaxMessageBytes;
};

// OK, or what is wrong with the options, naming field, value and limit.
absl::Status Validate(const FramingOptions& options);

// The records of a message, in order. kInvalid: it is empty or too long. The options must be valid.
absl::StatusOr<std::vector<v1::AppendRecord>> FrameMessage(absl::string_view message,
                                                           const FramingOptions& options = {});

}  // namespace s2

#endif  // S2_MESSAGE_FRAMING_H_
