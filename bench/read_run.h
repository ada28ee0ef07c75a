// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_BENCH_READ_RUN_H_
#define S2_BENCH_READ_RUN_H_

#include <grpcpp/channel.h>

#include <cstdint>
#include <memory>

#include "absl/time/time.h"
#include "s2/client/client.h"

// One thread takes every batch of a stream, to its end, and counts the records. What is returned is
// the time from the opening to the end.
namespace s2::bench {

absl::Duration RunReadSession(const Stream& stream, uint64_t records);

absl::Duration RunBareRead(const std::shared_ptr<grpc::Channel>& channel, uint64_t records);

}  // namespace s2::bench

#endif  // S2_BENCH_READ_RUN_H_
