// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_MESSAGE_FRAME_ASSEMBLER_H_
#define S2_MESSAGE_FRAME_ASSEMBLER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "s2/v1/s2.pb.h"

namespace s2 {

// A message that was put together.
struct Frame {
  std::string message;
  // Its records: the first one and behind the last one. Other records may lie between.
  uint64_t seq_num = 0;
  uint64_t end_seq_num = 0;
  // Of its last record.
  uint64_t timestamp = 0;
};

// A message of which some parts were there, and which is not delivered.
struct DroppedMessage {
  // Its records as far as they came: the first one and behind the last one.
  uint64_t seq_num = 0;
  uint64_t end_seq_num = 0;
  std::string reason;  // a sentence
};

// Puts messages together again from the parts that FrameMessage made. A message is delivered only
// if it has as many records and bytes as its first record declared; one that has not is dropped,
// and told to `on_dropped`. Records outside of any message are passed over. Holds no more than the
// message's size, as far as it has come.
//
// Not thread safe.
class FrameAssembler {
 public:
  FrameAssembler(size_t max_message_bytes, std::function<void(const DroppedMessage&)> on_dropped)
      : max_message_bytes_(max_message_bytes), on_dropped_(std::move(on_dropped)) {}

  // Takes the next record, whose body may be moved out; the message, if this was its last part.
  // kInvalid: a message begins whose size is out of range, or whose headers do not have 8 bytes;
  // what follows of it is passed over.
  absl::StatusOr<std::optional<Frame>> Push(v1::SequencedRecord& record);

  // The parts that are still to come will not, for this reason. Drops the message that has begun,
  // if one has.
  void DropOpen(absl::string_view reason);

 private:
  // Begins a message if the record's headers say so.
  absl::Status Begin(const v1::SequencedRecord& record);

  const size_t max_message_bytes_;
  const std::function<void(const DroppedMessage&)> on_dropped_;  // null: nobody wants to know

  std::optional<Frame> open_;  // the message that has begun
  uint64_t records_left_ = 0;  // of it
  uint64_t bytes_ = 0;         // of it when it is whole
};

}  // namespace s2

#endif  // S2_MESSAGE_FRAME_ASSEMBLER_H_
