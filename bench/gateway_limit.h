// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_BENCH_GATEWAY_LIMIT_H_
#define S2_BENCH_GATEWAY_LIMIT_H_

#include "s2/bench/benchmark.h"

// A session through the gateway to an HTTP/2 server in this process, which only acks, or only sends
// frames made beforehand: what would be left if S2 cost nothing.
namespace s2::bench {

Figures GatewayLimitAppend(const Effort& effort);
Figures GatewayLimitRead(const Effort& effort);

}  // namespace s2::bench

#endif  // S2_BENCH_GATEWAY_LIMIT_H_
