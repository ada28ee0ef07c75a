// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/read_session.h"

#include "s2/retry/error.h"
#include "s2/retry/internal/validate_duration.h"
#include "s2/session/internal/misuse.h"

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

absl::string_view Name(ReadSessionState state) {
  switch (state) {
    case ReadSessionState::kOpening:
      return "Opening";
    case ReadSessionState::kStreaming:
      return "Streaming";
    case ReadSessionState::kBackoff:
      return "Backoff";
    case ReadSessionState::kIdle:
      return "Idle";
    case ReadSessionState::kEnded:
      return "Ended";
  }
  return "";
}

const std::shared_ptr<internal::ReadLoop>& ReadSession::loop() const {
  if (loop_ == nullptr) internal::Misuse("a ReadSession was used after it was moved from");
  return loop_;
}

}  // namespace s2
