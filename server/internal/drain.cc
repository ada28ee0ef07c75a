// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/server/internal/drain.h"

#include <algorithm>

#include "s2/retry/clock.h"

namespace s2::server {
namespace {

// The longest that calls which come during the drain are held, while those under way end.
constexpr absl::Duration kLongestHold = absl::Seconds(1);
// A client whose call has ended, and which makes another, does so within this time.
constexpr absl::Duration kComeback = absl::Milliseconds(100);
// The longest that clients have to close their connections.
constexpr absl::Duration kLongestGoodbye = absl::Seconds(1);

absl::Time Within(absl::Duration time, absl::Time deadline) {
  return std::min(Clock::System()->Now() + time, deadline);
}

}  // namespace

// gRPC cancels each call that crosses its GOAWAY, and then closes a connection with its last call,
// though the client may be writing and lose what it has not read. So GOAWAY comes last: clients
// whose sessions end come again on the same connection, which shows that they have read all, and
// wait there until they are told to go elsewhere.
void Drain(Servers& servers, Calls& calls, absl::Time wall_deadline) {
  const absl::Time deadline = Clock::System()->FromWall(wall_deadline);
  servers.SetServing(false);
  calls.Drain();
  calls.AwaitEnd(Within(kLongestHold, deadline));
  servers.Leave(Within(kComeback, deadline));
  calls.RefuseHeld();
  if (!calls.AwaitEnd(deadline)) calls.Kill();
  servers.AwaitLeft(Within(kLongestGoodbye, deadline));
}

}  // namespace s2::server
