// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EXAMPLES_QUICKSTART_APPEND_LINES_H_
#define S2_EXAMPLES_QUICKSTART_APPEND_LINES_H_

#include "absl/status/status.h"
#include "s2/examples/quickstart/acks.h"
#include "s2/examples/quickstart/line_digest.h"
#include "s2/examples/quickstart/line_reader.h"
#include "s2/record/record.h"
#include "s2/session/append_session.h"

namespace quickstart {

// A record without headers meters as its body and 8 bytes.
inline constexpr size_t kMaxLineBytes = s2::kMaxBatchBytes - 8;

// Appends lines, as many a batch as there are without waiting, until their end or an error: the
// input's, or the session's. `sent` is over all that was submitted.
absl::Status AppendLines(LineReader& lines, s2::AppendSession& session, Acks& acks,
                         LineDigest& sent);

}  // namespace quickstart

#endif  // S2_EXAMPLES_QUICKSTART_APPEND_LINES_H_
