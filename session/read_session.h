// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_READ_SESSION_H_
#define S2_SESSION_READ_SESSION_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "s2/retry/policy.h"
#include "s2/v1/s2.pb.h"

namespace s2 {

// How a read session behaves.
struct ReadSessionOptions {
  // Budget and pace of retries; a frame received starts both anew.
  RetryOptions retry;
  // Longest wait for the server to accept a new stream, connecting included. Default: 5 s. Least: 1
  // ms.
  absl::Duration open_timeout = absl::Seconds(5);
  // Longest wait for a batch or a heartbeat, while the session asks for one. Default: 20 s (S2
  // sends one every 5 to 15 s). Least: 1 ms.
  absl::Duration heartbeat_timeout = absl::Seconds(20);
  // The session stops asking for more when this is held for the consumer, and goes on when half of
  // it is taken; so it holds this and one batch at the most. Metered bytes; the memory of batches
  // given back counts too. Default: 4 MiB. Least: 1.
  size_t max_buffered_bytes = 4 * 1024 * 1024;
  // Leave out command records (fence, trim). They still count for `count` and `bytes`. Default:
  // false.
  bool skip_commands = false;
  // Fail with kRecordsSkipped where the server has trimmed records between the position to read and
  // the next. Default: false, the batch says so in `skipped`.
  bool fail_on_skipped = false;
};

// OK, or what is wrong with the options, naming field, value and limit.
absl::Status Validate(const ReadSessionOptions& options);

// Sequence numbers [begin, end).
struct SeqNumRange {
  uint64_t begin = 0;
  uint64_t end = 0;
};

// A step of a read session.
struct ReadResult {
  // Records, in order, at least one; and the tail when the server told it.
  v1::ReadBatch batch;
  // Positions just before this batch that the server has trimmed, and so cannot be read. Known only
  // once the session has a position: from the first record for a start by timestamp or tail offset.
  std::optional<SeqNumRange> skipped;
};

// Figures of a session, consistent with one another.
struct ReadSessionStats {
  // Delivered to the consumer, command records left out included. Metered bytes.
  uint64_t records = 0;
  uint64_t bytes = 0;
  // Held for the consumer. Metered bytes.
  uint64_t buffered_bytes = 0;
  // Streams opened, the first included.
  uint64_t attempts = 0;
  // Why the last attempt failed; OK if none has.
  absl::Status last_error;
};

// The verbs of a session, as a test would mock them; ReadSession documents each.
class ReadSessionConnection {
 public:
  virtual ~ReadSessionConnection() = default;
  virtual absl::StatusOr<std::optional<ReadResult>> Next(absl::Time deadline) = 0;
  virtual void NextAsync(
      absl::AnyInvocable<void(absl::StatusOr<std::optional<ReadResult>>)> callback) = 0;
  virtual void Cancel() = 0;
  virtual std::optional<uint64_t> next_seq_num() const = 0;
  virtual bool caught_up() const = 0;
  virtual std::optional<v1::StreamPosition> last_tail() const = 0;
  virtual absl::StatusOr<v1::StreamPosition> WaitCaughtUp(absl::Time deadline) = 0;
  virtual void CaughtUpAsync(
      absl::AnyInvocable<void(absl::StatusOr<v1::StreamPosition>)> callback) = 0;
  virtual ReadSessionStats Stats() const = 0;
  virtual void Recycle(v1::ReadBatch&&) {}
};

// Reads one stream from a position on, to a limit or for ever.
//
// Retries. When the stream breaks with an error that may pass, or neither data nor heartbeat comes
// in time, the session reopens behind the last record it has: never a repeat, never out of order,
// and a gap only where the server has trimmed, which the batch then says. Count, bytes and wait
// shrink by what was used. The promise starts at the first frame that fixes a position: until then
// a start by timestamp, tail offset or clamp is resolved anew.
//
// Memory. The session asks for more only while the consumer has taken enough (max_buffered_bytes);
// a consumer that stops stops the server.
//
// Threads. All verbs are thread safe and legal inside callbacks; one Next or NextAsync at a time.
// Callbacks run once, in order, on the client's executor. Destruction cancels, and never waits.
class ReadSession {
 public:
  explicit ReadSession(std::unique_ptr<ReadSessionConnection> connection)
      : connection_(std::move(connection)) {}

  // Waits for the next batch; nothing at the clean end (a limit was met). Heartbeats are not shown.
  // Errors: DEADLINE_EXCEEDED (the session goes on), or the terminal error, after all batches
  // before it.
  absl::StatusOr<std::optional<ReadResult>> Next(absl::Time deadline = absl::InfiniteFuture()) {
    return connection_->Next(deadline);
  }

  // The same without a thread that waits. Each call asks for one batch, which is the flow control.
  void NextAsync(absl::AnyInvocable<void(absl::StatusOr<std::optional<ReadResult>>)> callback) {
    connection_->NextAsync(std::move(callback));
  }

  // Ends the session; a Next under way returns CANCELLED. Does not wait.
  void Cancel() { connection_->Cancel(); }

  // The sequence number behind the last record delivered, or where an exact start begins; none
  // while it is not known.
  std::optional<uint64_t> next_seq_num() const { return connection_->next_seq_num(); }

  // Has the consumer been given all up to the tail that was last told? False again on newer records
  // or a retry.
  bool caught_up() const { return connection_->caught_up(); }

  // The tail that was last told.
  std::optional<v1::StreamPosition> last_tail() const { return connection_->last_tail(); }

  // Waits until caught_up(): the tail at that moment. Some other thread must be taking batches.
  // Errors: the session's; kSessionClosed if it ends, or is destroyed, before; DEADLINE_EXCEEDED.
  absl::StatusOr<v1::StreamPosition> WaitCaughtUp(absl::Time deadline = absl::InfiniteFuture()) {
    return connection_->WaitCaughtUp(deadline);
  }
  void CaughtUpAsync(absl::AnyInvocable<void(absl::StatusOr<v1::StreamPosition>)> callback) {
    connection_->CaughtUpAsync(std::move(callback));
  }

  // Figures to export.
  ReadSessionStats Stats() const { return connection_->Stats(); }

  // Takes a batch that is done with, to read another into its memory, or to free it: that saves
  // most of the allocations. Iteration does it by itself.
  void Recycle(v1::ReadBatch&& batch) { connection_->Recycle(std::move(batch)); }

  // Input iteration over batches: `for (const s2::ReadResult& r : session)`. It ends at the clean
  // end or an error; status() then says which.
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = ReadResult;
    using difference_type = std::ptrdiff_t;
    using pointer = const ReadResult*;
    using reference = const ReadResult&;

    explicit Iterator(ReadSession* session) : session_(session) {}
    reference operator*() const { return *session_->current_; }
    pointer operator->() const { return &*session_->current_; }
    Iterator& operator++();
    bool operator==(const Iterator& other) const { return session_ == other.session_; }
    bool operator!=(const Iterator& other) const { return !(*this == other); }

   private:
    ReadSession* session_;  // null: the end
  };
  Iterator begin() { return ++Iterator(this); }
  Iterator end() { return Iterator(nullptr); }

  // Why iteration ended: OK at the clean end.
  const absl::Status& status() const { return status_; }

 private:
  std::unique_ptr<ReadSessionConnection> connection_;
  std::optional<ReadResult> current_;
  absl::Status status_;
};

}  // namespace s2

#endif  // S2_SESSION_READ_SESSION_H_
