// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EXAMPLES_QUICKSTART_READ_BACK_H_
#define S2_EXAMPLES_QUICKSTART_READ_BACK_H_

#include "absl/status/status.h"
#include "s2/examples/quickstart/acks.h"
#include "s2/examples/quickstart/line_digest.h"
#include "s2/session/read_session.h"

namespace quickstart {

// Follows a stream until all that `acks` tell of has been read; `received` is over this run's own
// records.
absl::Status ReadBack(s2::ReadSession& session, Acks& acks, LineDigest& received);

}  // namespace quickstart

#endif  // S2_EXAMPLES_QUICKSTART_READ_BACK_H_
