// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/message/message_reader_options.h"

namespace s2 {

absl::Status Validate(const MessageReaderOptions& options) {
  FramingOptions framing;
  framing.max_message_bytes = options.max_message_bytes;
  return Validate(framing);
}

}  // namespace s2
