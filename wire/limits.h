// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_WIRE_LIMITS_H_
#define S2_WIRE_LIMITS_H_

#include <algorithm>
#include <cstdint>

#include "absl/time/time.h"

// What clients and servers of our services must agree on, beside S2's own limits (record/record.h).
namespace s2::wire {

// The most bytes that one message may take on gRPC, from either side. It is above what a valid
// batch (1000 records, 1 MiB metered) can take, whatever its headers: so S2's rules, and not gRPC,
// are what refuses a batch that is over S2's limits.
inline constexpr int kMaxMessageBytes = 16 * 1024 * 1024;

// The longest that a server waits for records in a unary read, whatever `wait` the request asks
// for. S2's own rule.
inline constexpr uint32_t kMaxUnaryWaitSecs = 60;

// How long a server waits in a unary read that asks for `wait_secs`. A client and a gateway give
// the answer so much more time.
inline absl::Duration UnaryWait(uint32_t wait_secs) {
  return absl::Seconds(std::min(wait_secs, kMaxUnaryWaitSecs));
}

}  // namespace s2::wire

#endif  // S2_WIRE_LIMITS_H_
