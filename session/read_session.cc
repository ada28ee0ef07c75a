// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/read_session.h"

#include <utility>

#include "s2/retry/error.h"
#include "s2/retry/internal/validate_duration.h"

namespace s2 {

absl::Status Validate(const ReadSessionOptions& options) {
  if (absl::Status status = Validate(options.retry); !status.ok()) return status;
  if (absl::Status status = internal::ValidateTimeout("open_timeout", options.open_timeout);
      !status.ok()) {
    return status;
  }
  if (absl::Status status =
          internal::ValidateTimeout("heartbeat_timeout", options.heartbeat_timeout);
      !status.ok()) {
    return status;
  }
  if (options.max_buffered_bytes < 1) {
    return MakeError(ErrorCode::kInvalid, "max_buffered_bytes is 0; the least is 1");
  }
  return absl::OkStatus();
}

ReadSession::Iterator& ReadSession::Iterator::operator++() {
  if (session_->current_) session_->Recycle(std::move(session_->current_->batch));
  absl::StatusOr<std::optional<ReadResult>> next = session_->Next();
  session_->status_ = next.status();
  if (next.ok() && next->has_value()) {
    session_->current_ = **std::move(next);
  } else {
    session_->current_.reset();
    session_ = nullptr;
  }
  return *this;
}

}  // namespace s2
