// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_CALL_LEASE_H_
#define S2_SESSION_INTERNAL_CALL_LEASE_H_

#include "absl/status/status.h"

namespace s2::internal {

// What a call holds of its channel, from its start until gRPC is done with it, and whom it tells
// how it fares. Verbs are called on any thread and must not block.
class CallLease {
 public:
  virtual ~CallLease() = default;

  // The server has accepted the session.
  virtual void OnAccepted() {}

  // A message has come. Often, so it must cost next to nothing.
  virtual void OnMessage() {}

  // The call is given up, because its peer has been silent for too long.
  virtual void OnSilence() {}

  // The call has ended so. What is returned is what the session is told.
  virtual absl::Status OnEnd(absl::Status status) { return status; }
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_CALL_LEASE_H_
