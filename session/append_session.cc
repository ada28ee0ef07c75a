// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/append_session.h"

#include "s2/session/internal/misuse.h"

namespace s2 {

absl::string_view Name(AppendSessionState state) {
  switch (state) {
    case AppendSessionState::kOpening:
      return "Opening";
    case AppendSessionState::kStreaming:
      return "Streaming";
    case AppendSessionState::kBackoff:
      return "Backoff";
    case AppendSessionState::kSettling:
      return "Settling";
    case AppendSessionState::kIdle:
      return "Idle";
    case AppendSessionState::kEnded:
      return "Ended";
  }
  return "";
}

AppendSessionConnection& AppendSession::connection() const {
  if (connection_ == nullptr) internal::Misuse("an AppendSession was used after it was moved from");
  return *connection_;
}

}  // namespace s2
