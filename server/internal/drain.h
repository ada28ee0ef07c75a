// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SERVER_INTERNAL_DRAIN_H_
#define S2_SERVER_INTERNAL_DRAIN_H_

#include "absl/time/time.h"
#include "s2/server/internal/calls.h"
#include "s2/server/internal/servers.h"

namespace s2::server {

// Ends what these servers serve without a loss: each client gets the answers it is owed, and a call
// that it makes meanwhile is told to go to another server. What is left at `wall_deadline`, on the
// wall clock, is cut. Blocks until all calls have ended.
void Drain(Servers& servers, Calls& calls, absl::Time wall_deadline);

}  // namespace s2::server

#endif  // S2_SERVER_INTERNAL_DRAIN_H_
