// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_BENCH_SIDECAR_H_
#define S2_BENCH_SIDECAR_H_

#include <vector>

#include "s2/bench/benchmark.h"

namespace s2::bench {

// What `s2-gateway` on a unix socket costs beside the gateway in this process, in front of an
// HTTP/2 server here.
std::vector<Benchmark> SidecarBenchmarks();

}  // namespace s2::bench

#endif  // S2_BENCH_SIDECAR_H_
