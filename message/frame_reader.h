// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_MESSAGE_FRAME_READER_H_
#define S2_MESSAGE_FRAME_READER_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "s2/message/dedupe_filter.h"
#include "s2/message/frame_assembler.h"
#include "s2/message/message_reader_options.h"
#include "s2/session/read_result.h"
#include "s2/session/read_session.h"

namespace s2::internal {

// Reads messages of bytes from a read session: takes its records one by one, passes over commands
// and duplicates, and puts messages together. For one thread at a time.
class FrameReader {
 public:
  FrameReader(ReadSession session, const MessageReaderOptions& options);
  FrameReader(const FrameReader&) = delete;
  FrameReader& operator=(const FrameReader&) = delete;

  // The next message, or nothing at the clean end. See MessageReader::Next.
  absl::StatusOr<std::optional<Frame>> Next(absl::Time deadline);

  ReadSession& session() { return session_; }
  const MessageReaderStats& stats() const { return stats_; }

 private:
  // Goes on to the session's next batch.
  absl::Status NextBatch(absl::Time deadline);
  // Takes the next record of the batch: the message, if it was the last part of one.
  absl::StatusOr<std::optional<Frame>> TakeRecord();

  ReadSession session_;
  const bool drop_duplicates_;

  MessageReaderStats stats_;
  DedupeFilter filter_;
  FrameAssembler assembler_;
  ReadResult result_;  // the batch, or the end
  int next_ = 0;       // the record of the batch that comes next
};

}  // namespace s2::internal

#endif  // S2_MESSAGE_FRAME_READER_H_
