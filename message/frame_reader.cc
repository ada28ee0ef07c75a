// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/message/frame_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/record/record.h"

namespace s2::internal {

FrameReader::FrameReader(ReadSession session, const MessageReaderOptions& options)
    : session_(std::move(session)),
      drop_duplicates_(options.drop_duplicates),
      assembler_(options.max_message_bytes,
                 [this, on_dropped = options.on_dropped](const DroppedMessage& dropped) {
                   ++stats_.dropped;
                   if (on_dropped) on_dropped(dropped);
                 }) {}

absl::StatusOr<std::optional<Frame>> FrameReader::Next(absl::Time deadline) {
  while (true) {
    while (next_ < result_.batch.records_size()) {
      absl::StatusOr<std::optional<Frame>> frame = TakeRecord();
      if (!frame.ok() || frame->has_value()) return frame;
    }
    if (result_.end) return std::nullopt;
    if (absl::Status s = NextBatch(deadline); !s.ok()) return s;
  }
}

absl::Status FrameReader::NextBatch(absl::Time deadline) {
  absl::StatusOr<ReadResult> result = session_.Next(deadline);
  if (!result.ok()) return result.status();
  session_.Recycle(std::move(result_.batch));
  result_ = *std::move(result);
  next_ = 0;
  if (result_.skipped) {
    assembler_.DropOpen(absl::StrCat("records ", result_.skipped->begin, " to ",
                                     result_.skipped->end, " were trimmed"));
  }
  if (result_.end) assembler_.DropOpen("the read ends before its last part");
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Frame>> FrameReader::TakeRecord() {
  v1::SequencedRecord& record = *result_.batch.mutable_records(next_++);
  if (IsCommand(record)) return std::nullopt;
  if (drop_duplicates_) {
    const absl::StatusOr<bool> accepted = filter_.Accepts(record);
    if (!accepted.ok()) {
      assembler_.DropOpen("a record within it cannot be told from a duplicate");
      return accepted.status();
    }
    if (!*accepted) {
      ++stats_.duplicates;
      return std::nullopt;
    }
  }
  absl::StatusOr<std::optional<Frame>> frame = assembler_.Push(record);
  if (frame.ok() && frame->has_value()) ++stats_.messages;
  return frame;
}

}  // namespace s2::internal
