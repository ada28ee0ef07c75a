// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_APPEND_SESSION_H_
#define S2_SESSION_APPEND_SESSION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "s2/retry/policy.h"
#include "s2/session/append_permit.h"
#include "s2/session/append_ticket.h"
#include "s2/v1/s2.pb.h"

namespace s2 {

// What makes kExactlyOnce surer. docs/exactly-once.md says what each guards against.
struct ExactlyOnceOptions {
  // The session begins with a fence record of its own, whose token nobody else knows, and each
  // batch carries that token: writers with another token are excluded from then on, and the session
  // is, once another fences. Should it have to give up, it fences once more: then what is not in
  // the stream will never be, so that few verdicts are left open. All other writers must use
  // tokens; the stream must not require timestamps. A batch may not bring a fencing token or a
  // fence command (kInvalid).
  // Default: false.
  bool fence = false;
  // Each record, but for commands, gets a last header of this name, whose value (32 bytes) is this
  // session's alone, so that equal records of another writer are not taken for ours. A record that
  // has a header of this name keeps it, and a batch that brings its match_seq_num is left as it is:
  // it may have been sent before. It counts: 34 metered bytes and the name, for each record.
  // Default: empty, none. Most: 64 bytes.
  std::string identity_header;
};

// How an append session behaves.
struct AppendSessionOptions {
  // Which batches may be sent again after a failure. Default: all that may succeed, so that a batch
  // whose ack was lost may land twice (at least once).
  AppendRetryPolicy policy = AppendRetryPolicy::kAtLeastOnce;
  // For kExactlyOnce; with another policy nothing here may be set.
  ExactlyOnceOptions exactly_once;
  // Most metered bytes submitted and not yet acked, reserved capacity included; never exceeded.
  // Default: 5 MiB. Least: 1 MiB, so that any batch fits.
  size_t max_unacked_bytes = 5 * 1024 * 1024;
  // Most batches submitted and not yet acked, permits included. Default: 0, no limit.
  size_t max_unacked_batches = 0;
  // Budget and pace of retries; an ack starts both anew.
  RetryOptions retry;
  // Longest wait for the server to accept a new stream, connecting included. Default: 5 s. Least: 1
  // ms.
  absl::Duration open_timeout = absl::Seconds(5);
  // Longest wait for the ack of the oldest batch, from the end of its write or the last ack,
  // whichever is later; and longest time a write may be stuck. So a peer that vanished is noticed
  // within this time. Default: 5 s. Least: 1 ms.
  absl::Duration ack_timeout = absl::Seconds(5);
};

// OK, or what is wrong with the options, naming field, value and limit.
absl::Status Validate(const AppendSessionOptions& options);

// A batch that a failed session did not see acked.
struct UnackedBatch {
  // As submitted. Under kExactlyOnce one that may have an effect has its pin as match_seq_num, and
  // the identity header if there is one: submitted unchanged, first and in order, to another
  // kExactlyOnce session, such batches are not doubled.
  v1::AppendInput input;
  // Some attempt may have had it accepted: it may be in the stream, or land there later.
  bool may_have_effect = false;
};

// What an append session is doing.
enum class AppendSessionState {
  kOpening,    // a stream is not accepted yet
  kStreaming,  // a stream is open
  kBackoff,    // the last one broke; the next is opened after a pause
  kSettling,   // under kExactlyOnce: it finds out where it begins, or what became of its batches
  kIdle,       // no stream is open; the next batch opens one
  kEnded,
};

// "Opening", "Streaming" and so on.
absl::string_view Name(AppendSessionState state);

// Figures of a session, consistent with one another.
struct AppendSessionStats {
  AppendSessionState state = AppendSessionState::kIdle;
  // In kBackoff, until the next attempt; else zero.
  absl::Duration next_attempt_in;
  // Submitted and not yet acked, without permits. Metered bytes.
  uint64_t unacked_bytes = 0;
  uint64_t unacked_batches = 0;
  // Acked since the session began. Metered bytes.
  uint64_t acked_bytes = 0;
  uint64_t acked_batches = 0;
  uint64_t acked_records = 0;
  // Streams opened, the first included.
  uint64_t attempts = 0;
  // Why the last attempt failed; OK if none has.
  absl::Status last_error;
  // From submit to ack: of the last batch, the largest, and the sum over acked_batches.
  absl::Duration last_ack_latency;
  absl::Duration max_ack_latency;
  absl::Duration total_ack_latency;
};

// The verbs of a session, as a test would mock them; AppendSession documents each. What a verb
// takes is a struct, so that a new argument breaks no mock.
class AppendSessionConnection {
 public:
  struct SubmitParams {
    v1::AppendInput& input;  // taken only on success
    absl::Time deadline;
  };
  struct TrySubmitParams {
    v1::AppendInput& input;  // taken only on success
  };
  struct ReserveParams {
    size_t bytes;
    absl::Time deadline;
  };
  struct ReserveAsyncParams {
    size_t bytes;
    absl::AnyInvocable<void(absl::StatusOr<AppendPermit>)> callback;
  };
  struct FlushParams {
    absl::Time deadline;
  };
  struct FlushAsyncParams {
    absl::Time deadline;
    absl::AnyInvocable<void(absl::Status)> callback;
  };
  struct CloseParams {
    absl::Time deadline;
  };
  struct CloseAsyncParams {
    absl::Time deadline;
    absl::AnyInvocable<void(absl::Status)> callback;
  };
  struct CancelParams {};
  struct TakeUnackedParams {};

  virtual ~AppendSessionConnection() = default;
  virtual absl::StatusOr<AppendTicket> Submit(SubmitParams params) = 0;
  virtual absl::StatusOr<AppendTicket> TrySubmit(TrySubmitParams params) = 0;
  virtual absl::StatusOr<AppendPermit> Reserve(ReserveParams params) = 0;
  virtual AppendReservation ReserveAsync(ReserveAsyncParams params) = 0;
  virtual absl::Status Flush(FlushParams params) = 0;
  virtual void FlushAsync(FlushAsyncParams params) = 0;
  virtual absl::Status Close(CloseParams params) = 0;
  virtual void CloseAsync(CloseAsyncParams params) = 0;
  virtual void Cancel(CancelParams params) = 0;
  virtual std::vector<UnackedBatch> TakeUnacked(TakeUnackedParams params) = 0;
  virtual absl::Status status() const = 0;
  virtual AppendSessionStats Stats() const = 0;
};

// Appends batches to one stream, in the order of the Submit calls, with many in flight.
//
// Retries. When a stream breaks with an error that may pass, the session backs off, opens a new one
// and sends every unacked batch again, in order, as the policy allows and until the budget is
// spent; a caller sees only a slower ack. An idle session opens a new stream when it next has
// something to send.
//
// Errors. A terminal error ends the session: every unacked ticket fails with it, each with its own
// verdict on effects (HasNoSideEffects), later calls return it, and TakeUnacked hands the batches
// back.
//
// Exactly once. Under kExactlyOnce the session learns the stream's next position, and fixes the
// position of each batch (its pin: match_seq_num) for life. What a broken stream leaves open is
// settled by reading back: a batch that is there is acked; one whose position another writer has
// taken fails, with all behind it and without effect; one that is not there is sent again, with the
// same pin. So the session must be the only writer. Batches that bring a match_seq_num of their own
// come first, each where the one before it ends (else kInvalid); they count as sent before. What
// cannot be settled (docs/exactly-once.md has the list) fails without HasNoSideEffects.
//
// Ends. Close flushes. Destruction aborts: what is not acked then fails with kSessionDropped.
// Neither ever hangs.
//
// Threads. All verbs are thread safe and legal inside callbacks. Batches go out in the order in
// which Submit (or a permit's Submit) returned to its callers. Callbacks run once, in order, on the
// client's executor, never under a lock. Blocking verbs wait for the session's state, never for a
// callback. A callback must not throw.
//
// Last call. Callbacks and log lines may come after Close has returned, and after destruction. The
// callback of CloseAsync is the last: those that were given before it, and all log lines, come
// before it. So who has to know waits for that one.
//
// Deadlines are wall-clock times, but what counts is how far ahead they are when the verb begins:
// changes of the wall clock after that change nothing. One in the past makes a verb that does not
// block.
//
// Move only. A verb of a session that was moved from ends the process.
class AppendSession {
 public:
  explicit AppendSession(std::unique_ptr<AppendSessionConnection> connection)
      : connection_(std::move(connection)) {}

  // Submits a batch; blocks while the unacked limits leave no room, first come, first served.
  // `input` is taken only on success. Errors: kInvalid (bad input, or one that can never fit);
  // DEADLINE_EXCEEDED (no room in time); kSessionClosing, kSessionClosed, or the session's terminal
  // error.
  absl::StatusOr<AppendTicket> Submit(v1::AppendInput&& input,
                                      absl::Time deadline = absl::InfiniteFuture()) {
    return connection().Submit({input, deadline});
  }

  // The same without waiting: kOverCapacity when there is no room now, or others wait for it.
  absl::StatusOr<AppendTicket> TrySubmit(v1::AppendInput&& input) {
    return connection().TrySubmit({input});
  }

  // Reserves room for one batch of at most `bytes` metered bytes; waits its turn.
  absl::StatusOr<AppendPermit> Reserve(size_t bytes, absl::Time deadline = absl::InfiniteFuture()) {
    return connection().Reserve({bytes, deadline});
  }

  // The same without a thread that waits: `callback` gets the permit, or why there is none, on the
  // executor.
  AppendReservation ReserveAsync(size_t bytes,
                                 absl::AnyInvocable<void(absl::StatusOr<AppendPermit>)> callback) {
    return connection().ReserveAsync({bytes, std::move(callback)});
  }

  // Waits until all that was submitted before is durable; the session goes on, also at the
  // deadline. An error: the session's terminal one, or DEADLINE_EXCEEDED.
  absl::Status Flush(absl::Time deadline = absl::InfiniteFuture()) {
    return connection().Flush({deadline});
  }
  void FlushAsync(absl::Time deadline, absl::AnyInvocable<void(absl::Status)> callback) {
    connection().FlushAsync({deadline, std::move(callback)});
  }

  // Takes no more, waits until all is durable, and ends the session. OK: every ticket has its ack.
  // At the deadline it gives up: what is unacked fails with kCloseTimeout and can be taken back.
  // Again: the same result.
  absl::Status Close(absl::Time deadline = absl::InfiniteFuture()) {
    return connection().Close({deadline});
  }
  void CloseAsync(absl::Time deadline, absl::AnyInvocable<void(absl::Status)> callback) {
    connection().CloseAsync({deadline, std::move(callback)});
  }

  // Ends the session at once; what is unacked fails with kSessionDropped and can be taken back.
  // Does not wait.
  void Cancel() { connection().Cancel({}); }

  // After a failure: the batches without an ack, in order. Empty before, and the second time.
  std::vector<UnackedBatch> TakeUnacked() { return connection().TakeUnacked({}); }

  // OK while the session lives and after a clean Close; else why it failed.
  absl::Status status() const { return connection().status(); }

  // Figures to export.
  AppendSessionStats Stats() const { return connection().Stats(); }

 private:
  AppendSessionConnection& connection() const;

  std::unique_ptr<AppendSessionConnection> connection_;  // null: moved from
};

}  // namespace s2

#endif  // S2_SESSION_APPEND_SESSION_H_
