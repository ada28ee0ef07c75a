// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_READ_READ_CURSOR_H_
#define S2_SESSION_INTERNAL_READ_READ_CURSOR_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "s2/rpc/v1/stream.pb.h"
#include "s2/session/internal/read/read_frame.h"
#include "s2/session/read_session.h"

namespace s2::internal {

// Where a read session is, and so what a new attempt has to ask for, and when the session is over.
// Pure arithmetic; not thread safe.
class ReadCursor {
 public:
  explicit ReadCursor(const rpc::v1::ReadRequest& request);

  // A server has accepted an attempt.
  void OnAccepted(absl::Time now);

  // Takes in a frame received at `now`; returns the positions missing just before its first run,
  // or, if it has none, before its tail: a server that tells the tail alone has sent what there is.
  // Error: kInvalidBatch, records that came again or a tail before them; the cursor stays.
  absl::StatusOr<std::optional<SeqNumRange>> OnFrame(const ReadFrame& frame, absl::Time now);

  // What an attempt begun at `now` has to ask for: the rest of the original request. Until a
  // position is known that is the original request. A session that waits asks for one second at
  // the least, so that the server tells the tail; the session itself ends when its time is over.
  rpc::v1::ReadRequest NextRequest(absl::Time now) const;

  // Behind the last record received, or where reading began; nothing while that is not known.
  std::optional<uint64_t> next_seq_num() const { return next_seq_num_; }

  // Was everything received, or found missing, up to the tail that was last told?
  bool at_tail() const { return tail_.has_value() && tail_ == next_seq_num_; }

  // When a session at the tail has waited long enough: `wait` after the last record, or after the
  // first attempt was accepted. InfiniteFuture: it does not wait, or for ever.
  absl::Time wait_deadline() const;

  // Has the request no limit, so that no server may end it?
  bool is_endless() const;

  // Would the session have ended cleanly where an attempt failed at `now` with `error`, but for a
  // broken connection?
  bool IsCleanEnd(const absl::Status& error, absl::Time now) const;

  // A server has ended the session cleanly: is it known that nothing is missing before the place
  // where it ended?
  bool KnowsItsEnd() const { return looked_ || LimitsMet() || !next_seq_num_ || at_tail(); }

  // From now on the session only looks whether positions are missing where it has ended: it asks
  // for the next record, or the tail, and takes in no record.
  void LookBehindEnd();
  bool looks_behind_end() const { return looks_; }

 private:
  bool LimitsMet() const;

  // What is left of the original request, but for `wait`, which is the original's.
  rpc::v1::ReadRequest request_;
  std::optional<uint64_t> next_seq_num_;
  std::optional<uint64_t> tail_;  // that was last told
  bool has_frame_ = false;
  // Of a session that waits: since when.
  std::optional<absl::Time> waits_since_;
  bool looks_ = false;   // LookBehindEnd
  bool looked_ = false;  // and what is there is known
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_READ_READ_CURSOR_H_
