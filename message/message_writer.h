// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_MESSAGE_MESSAGE_WRITER_H_
#define S2_MESSAGE_MESSAGE_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "s2/message/codec.h"
#include "s2/message/framing.h"
#include "s2/message/message_submitter.h"
#include "s2/message/message_ticket.h"
#include "s2/session/append_session.h"

namespace s2 {

struct MessageWriterOptions {
  // How messages are cut into records.
  FramingOptions framing;
  // The number of the first record, by which readers tell records from those that a retry appended
  // again (see DedupeStamp). Default: none, records are not stamped. A kExactlyOnce session needs
  // none.
  std::optional<uint64_t> first_dedupe_seq;
};

// Writes messages of type T to a stream, each as one record, or as many as it is long for.
// MessageReader, and the readers of S2's TypeScript package streamstore-patterns, read them.
//
// Thread safe; the records of two messages are never mixed, so while one thread waits for room with
// a long message, others wait for it. Messages are in the order in which Write returned.
template <typename T, typename C = Codec<T>>
class MessageWriter {
 public:
  // A writer on the session, which is the writer's from now on. kInvalid: an option is out of
  // range.
  static absl::StatusOr<MessageWriter> Make(AppendSession session,
                                            const MessageWriterOptions& options = {}) {
    if (absl::Status s = Validate(options.framing); !s.ok()) return s;
    std::optional<DedupeStamp> stamp;
    if (options.first_dedupe_seq) stamp.emplace(*options.first_dedupe_seq);
    return MessageWriter(std::make_unique<internal::MessageSubmitter>(
        std::move(session), options.framing, std::move(stamp)));
  }

  // Writes a message; blocks while the session has no room for it. Errors: those of C::Encode;
  // kInvalid (it is empty, or too long); DEADLINE_EXCEEDED; the session's. A message of several
  // batches may fail between two of them, and the error says so; readers drop what was sent.
  absl::StatusOr<MessageTicket> Write(const T& message,
                                      absl::Time deadline = absl::InfiniteFuture()) {
    const absl::StatusOr<std::string> bytes = C::Encode(message);
    if (!bytes.ok()) return bytes.status();
    return submitter_->Submit(*bytes, deadline);
  }

  // To flush, to close, to look at figures, to take back what was not acked.
  AppendSession& session() { return submitter_->session(); }

 private:
  explicit MessageWriter(std::unique_ptr<internal::MessageSubmitter> submitter)
      : submitter_(std::move(submitter)) {}

  std::unique_ptr<internal::MessageSubmitter> submitter_;
};

}  // namespace s2

#endif  // S2_MESSAGE_MESSAGE_WRITER_H_
