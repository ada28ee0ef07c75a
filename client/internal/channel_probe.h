// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CLIENT_INTERNAL_CHANNEL_PROBE_H_
#define S2_CLIENT_INTERNAL_CHANNEL_PROBE_H_

#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "s2/retry/clock.h"

namespace grpc {
class Channel;
}  // namespace grpc

namespace s2::internal {

// Asks the server on `channel` how it is (grpc.health.v1), and calls `done` once, on some thread,
// with whether any answer came within `patience`: that the server does not know the question is one
// too. It takes a stream of the connection, so no answer comes when none is free. No token is sent.
void ProbeChannel(std::shared_ptr<grpc::Channel> channel, Clock& clock, absl::Duration patience,
                  absl::AnyInvocable<void(bool answered)> done);

// Does this end of a call show that its peer is alive? Not what gRPC says by itself when it has no
// connection, or when the call is given up.
bool IsAnswer(absl::StatusCode code);

}  // namespace s2::internal

#endif  // S2_CLIENT_INTERNAL_CHANNEL_PROBE_H_
