// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_READ_SESSION_H_
#define S2_SESSION_READ_SESSION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "s2/retry/policy.h"
#include "s2/session/read_loop.h"
#include "s2/session/read_result.h"
#include "s2/v1/s2.pb.h"

namespace s2 {

// How a read session behaves.
struct ReadSessionOptions {
  // Budget and pace of retries; a record received starts both anew, and so does a heartbeat of a
  // stream that has stood for 5 s.
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
  // the next, or the tail. Default: false, ReadResult::skipped says so.
  bool fail_on_skipped = false;
};

// OK, or what is wrong with the options, naming field, value and limit.
absl::Status Validate(const ReadSessionOptions& options);

// What a read session is doing.
enum class ReadSessionState {
  kOpening,    // a stream is not accepted yet
  kStreaming,  // a stream is open
  kBackoff,    // the last one broke; the next is opened after a pause
  kIdle,       // not started yet
  kEnded,      // there may be batches still for Next
};

// "Opening", "Streaming" and so on.
absl::string_view Name(ReadSessionState state);

// Figures of a session, consistent with one another.
struct ReadSessionStats {
  ReadSessionState state = ReadSessionState::kIdle;
  // In kBackoff, until the next attempt; else zero.
  absl::Duration next_attempt_in;
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

// The verbs of a session, as a test would mock them; ReadSession documents each. What a verb takes
// is a struct, so that a new argument breaks no mock.
class ReadSessionConnection {
 public:
  struct NextParams {
    absl::Time deadline;
  };
  struct NextAsyncParams {
    absl::AnyInvocable<void(absl::StatusOr<ReadResult>)> callback;
  };
  struct CancelParams {};
  struct WaitCaughtUpParams {
    absl::Time deadline;
  };
  struct CaughtUpAsyncParams {
    absl::AnyInvocable<void(absl::StatusOr<v1::StreamPosition>)> callback;
  };
  struct RecycleParams {
    v1::ReadBatch batch;
  };
  struct UnseenErrorParams {
    absl::Status error;
  };

  virtual ~ReadSessionConnection() = default;
  virtual absl::StatusOr<ReadResult> Next(NextParams params) = 0;
  virtual void NextAsync(NextAsyncParams params) = 0;
  virtual void Cancel(CancelParams params) = 0;
  virtual std::optional<uint64_t> next_seq_num() const = 0;
  virtual bool caught_up() const = 0;
  virtual std::optional<v1::StreamPosition> last_tail() const = 0;
  virtual absl::StatusOr<v1::StreamPosition> WaitCaughtUp(WaitCaughtUpParams params) = 0;
  virtual void CaughtUpAsync(CaughtUpAsyncParams params) = 0;
  virtual ReadSessionStats Stats() const = 0;
  // NOLINTNEXTLINE(performance-unnecessary-value-param): by value as all params are
  virtual void Recycle(RecycleParams) {}
  // A loop over the session has ended with this error, and nobody has asked for the status.
  // NOLINTNEXTLINE(performance-unnecessary-value-param): the same
  virtual void OnUnseenError(UnseenErrorParams) {}
};

// Reads one stream from a position on, to a limit or for ever.
//
// Retries. When the stream breaks with an error that may pass, or neither data nor heartbeat comes
// in time, the session reopens behind the last record it has: never a repeat, never out of order,
// and a gap only where the server has trimmed, which ReadResult::skipped then says, also when no
// record follows. Count, bytes and wait shrink by what was used. The promise starts at the first
// frame that fixes a position: until then a start by timestamp, tail offset or clamp is resolved
// anew.
//
// The end. OK: a limit of the request was met, and each position before the end was delivered or
// told as skipped. `wait` counts from the last record, or from the open; heartbeats and broken
// streams make it no longer, and a session at the tail ends when it is over even if no stream is
// open then. A session without limits has no clean end. One that may not wait (count, bytes or
// until, and no wait above 0) and begins at the tail ends with kReadUnwritten. Unless a limit was
// met or the tail is known, a session whose server ends it opens one more stream, to see whether
// positions before the tail are missing.
//
// Memory. The session asks for more only while the consumer has taken enough (max_buffered_bytes);
// a consumer that stops stops the server.
//
// Threads. All verbs are thread safe and legal inside callbacks; one Next or NextAsync at a time.
// Callbacks run once, in order, on the client's executor, and must not throw. Destruction cancels,
// unless a range over the session is left, and never waits.
//
// Last call. Callbacks and log lines may come after destruction. The callback of NextAsync that
// brings the end or an error other than a misuse of NextAsync comes behind all log lines, and
// nothing follows but what is asked for later. (A loop that ends with an error that nobody asks for
// logs one line more when it is destroyed.)
//
// Move only. A verb of a session that was moved from ends the process.
class ReadSession {
 public:
  explicit ReadSession(std::unique_ptr<ReadSessionConnection> connection)
      : loop_(std::make_shared<internal::ReadLoop>(std::move(connection))) {}
  ReadSession(ReadSession&&) = default;
  ReadSession& operator=(ReadSession&&) = default;

  // Waits for the next batch, or a gap that no record follows (then there are no records), or the
  // clean end (a limit was met): then ReadResult::end. Heartbeats are not shown. Errors:
  // DEADLINE_EXCEEDED (the session goes on), or the terminal error, after all batches before it.
  absl::StatusOr<ReadResult> Next(absl::Time deadline = absl::InfiniteFuture()) {
    return connection().Next({deadline});
  }

  // The same without a thread that waits. Each call asks for one batch, which is the flow control.
  void NextAsync(absl::AnyInvocable<void(absl::StatusOr<ReadResult>)> callback) {
    connection().NextAsync({std::move(callback)});
  }

  // Loops over what is left of the session, by Next: over batches, or over records.
  //
  //   for (const s2::v1::SequencedRecord& record : session->Records()) { ... }
  //   return session->status();
  //
  // A loop ends at the clean end or an error; status() then says which, and an error that nobody
  // asks for is logged. Records does not tell what was skipped: see fail_on_skipped. There can be
  // one loop over a session; a second one ends the process. After a loop that was left early Next
  // goes on, behind the batch that the loop was at. The range keeps the session alive, so a loop
  // over a temporary is legal: `for (... : stream.OpenReadSession(request)->Records())`.
  ReadBatches Batches() { return ReadBatches(loop()); }
  ReadRecords Records() { return ReadRecords(loop()); }

  // Why the loop ended: OK at the clean end.
  const absl::Status& status() const { return loop()->status(); }

  // Ends the session; a Next under way returns CANCELLED. Does not wait.
  void Cancel() { connection().Cancel({}); }

  // The sequence number behind the last record delivered, or where an exact start begins; none
  // while it is not known.
  std::optional<uint64_t> next_seq_num() const { return connection().next_seq_num(); }

  // Has the consumer been given all up to the tail that was last told, or was told what is missing?
  // False again on newer records or a retry.
  bool caught_up() const { return connection().caught_up(); }

  // The tail that was last told.
  std::optional<v1::StreamPosition> last_tail() const { return connection().last_tail(); }

  // Waits until caught_up(): the tail at that moment. Some other thread must be taking batches.
  // Errors: the session's; kSessionClosed if it ends, or is destroyed, before; DEADLINE_EXCEEDED.
  absl::StatusOr<v1::StreamPosition> WaitCaughtUp(absl::Time deadline = absl::InfiniteFuture()) {
    return connection().WaitCaughtUp({deadline});
  }
  void CaughtUpAsync(absl::AnyInvocable<void(absl::StatusOr<v1::StreamPosition>)> callback) {
    connection().CaughtUpAsync({std::move(callback)});
  }

  // Figures to export.
  ReadSessionStats Stats() const { return connection().Stats(); }

  // Takes a batch that is done with, to read another into its memory, or to free it: that saves
  // most of the allocations. A loop does it by itself.
  void Recycle(v1::ReadBatch&& batch) { connection().Recycle({std::move(batch)}); }

 private:
  const std::shared_ptr<internal::ReadLoop>& loop() const;
  ReadSessionConnection& connection() const { return loop()->connection(); }

  std::shared_ptr<internal::ReadLoop> loop_;  // null: moved from
};

}  // namespace s2

#endif  // S2_SESSION_READ_SESSION_H_
