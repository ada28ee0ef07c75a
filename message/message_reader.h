// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_MESSAGE_MESSAGE_READER_H_
#define S2_MESSAGE_MESSAGE_READER_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "s2/message/codec.h"
#include "s2/message/frame_reader.h"
#include "s2/message/message_reader_options.h"
#include "s2/retry/error.h"
#include "s2/session/read_session.h"

namespace s2 {

// A step of a MessageReader.
template <typename T>
struct Message {
  T value;
  // Its records: the first one, and behind the last one. A reader that starts at `end_seq_num` goes
  // on behind this message.
  uint64_t seq_num = 0;
  uint64_t end_seq_num = 0;
  uint64_t timestamp = 0;  // of its last record, in milliseconds since the epoch
  // The clean end: there is no message, and there will be none.
  bool end = false;
};

// Reads the messages of type T that a MessageWriter, or a writer of S2's TypeScript package
// streamstore-patterns, has written. Commands and records that belong to no message are passed
// over. A message of which parts are missing (its writer ended within it, the stream was trimmed,
// the read began or ended within it) is never delivered: it is counted, and told to `on_dropped`.
//
// For one thread at a time. Move only.
template <typename T, typename C = Codec<T>>
class MessageReader {
  static_assert(std::is_default_constructible_v<T>, "the clean end has a T, too");

 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Message<T>;
    using difference_type = std::ptrdiff_t;
    using pointer = const Message<T>*;
    using reference = const Message<T>&;

    explicit Iterator(MessageReader* reader) : reader_(reader) {}
    reference operator*() const { return reader_->current_; }
    pointer operator->() const { return &reader_->current_; }
    Iterator& operator++() {
      if (!reader_->GoOn()) reader_ = nullptr;
      return *this;
    }
    bool operator==(const Iterator& other) const { return reader_ == other.reader_; }
    bool operator!=(const Iterator& other) const { return reader_ != other.reader_; }

   private:
    MessageReader* reader_;  // null: the end
  };

  // A reader of the session, which is the reader's from now on. kInvalid: an option is out of
  // range.
  static absl::StatusOr<MessageReader> Make(ReadSession session,
                                            const MessageReaderOptions& options = {}) {
    if (absl::Status s = Validate(options); !s.ok()) return s;
    return MessageReader(std::make_unique<internal::FrameReader>(std::move(session), options));
  }

  // Waits for the next message, or the clean end: then Message::end. Errors: DEADLINE_EXCEEDED (the
  // reader goes on); kInvalid, or what C::Decode says, of a message that cannot be read (the next
  // Next goes on behind it); the session's, which stay.
  absl::StatusOr<Message<T>> Next(absl::Time deadline = absl::InfiniteFuture()) {
    absl::StatusOr<std::optional<Frame>> frame = frames_->Next(deadline);
    if (!frame.ok()) return frame.status();
    Message<T> message;
    message.end = !frame->has_value();
    if (message.end) return message;
    message.seq_num = (*frame)->seq_num;
    message.end_seq_num = (*frame)->end_seq_num;
    message.timestamp = (*frame)->timestamp;
    absl::StatusOr<T> value = C::Decode(std::move((*frame)->message));
    if (!value.ok()) {
      return WithContext(value.status(), absl::StrCat("the message at record ", message.seq_num));
    }
    message.value = *std::move(value);
    return message;
  }

  // Loops over what is left, by Next: `for (const s2::Message<Order>& order : reader)`. A loop ends
  // at the clean end or an error; status() then says which. A message is valid until the next step.
  Iterator begin() { return ++Iterator(this); }
  Iterator end() { return Iterator(nullptr); }

  // Why the loop ended: OK at the clean end.
  const absl::Status& status() const { return status_; }

  // To cancel, and to ask for the tail.
  ReadSession& session() { return frames_->session(); }

  MessageReaderStats Stats() const { return frames_->stats(); }

 private:
  explicit MessageReader(std::unique_ptr<internal::FrameReader> frames)
      : frames_(std::move(frames)) {}

  // Takes a step of the loop; false: it has ended.
  bool GoOn() {
    absl::StatusOr<Message<T>> next = Next();
    status_ = next.status();
    if (!next.ok() || next->end) return false;
    current_ = *std::move(next);
    return true;
  }

  std::unique_ptr<internal::FrameReader> frames_;

  // Of the loop.
  Message<T> current_;
  absl::Status status_;
};

}  // namespace s2

#endif  // S2_MESSAGE_MESSAGE_READER_H_
