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

// Where a read session is, and so what a new attempt has to ask for. Pure arithmetic; not thread
// safe.
class ReadCursor {
 public:
  explicit ReadCursor(const rpc::v1::ReadRequest& request);

  // Takes in a frame received at `now`; returns the positions missing just before its first run.
  // Error: kInvalidBatch, records that came again or a tail before them; the cursor stays.
  absl::StatusOr<std::optional<SeqNumRange>> OnFrame(const ReadFrame& frame, absl::Time now);

  // What an attempt begun at `now` has to ask for: the rest of the original request. Until a
  // position is known that is the original request.
  rpc::v1::ReadRequest NextRequest(absl::Time now) const;

  // Behind the last record received, or where reading began; nothing while that is not known.
  std::optional<uint64_t> next_seq_num() const { return next_seq_num_; }

  // Would the session have ended cleanly where an attempt failed with `error`, but for a broken
  // connection?
  bool IsCleanEnd(const absl::Status& error) const;

 private:
  bool LimitsMet() const;

  // What is left of the original request, but for `wait`, which is the original's.
  rpc::v1::ReadRequest request_;
  std::optional<uint64_t> next_seq_num_;
  bool has_frame_ = false;
  // When the last frame with a tail came.
  std::optional<absl::Time> last_tail_at_;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_READ_READ_CURSOR_H_
