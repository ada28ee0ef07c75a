// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_MESSAGE_MESSAGE_READER_OPTIONS_H_
#define S2_MESSAGE_MESSAGE_READER_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "s2/message/frame_assembler.h"
#include "s2/message/framing.h"

namespace s2 {

struct MessageReaderOptions {
  // Longest message that is put together; a longer one is an error. Default and most:
  // kMaxMessageBytes. Least: 1.
  size_t max_message_bytes = kMaxMessageBytes;
  // Drop records that a retry appended again, by the numbers that the writer put on them. Default:
  // true. A stream has one active writer at a time, or none that numbers its records.
  bool drop_duplicates = true;
  // Is told of each message that is not delivered because parts of it are missing, in Next.
  // Default: nobody; the figures count them.
  std::function<void(const DroppedMessage&)> on_dropped;
};

// OK, or what is wrong with the options, naming field, value and limit.
absl::Status Validate(const MessageReaderOptions& options);

// Figures of a reader.
struct MessageReaderStats {
  uint64_t messages = 0;    // delivered to the codec
  uint64_t duplicates = 0;  // records dropped as duplicates
  uint64_t dropped = 0;     // messages dropped, as parts were missing
};

}  // namespace s2

#endif  // S2_MESSAGE_MESSAGE_READER_OPTIONS_H_
