// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_BENCH_APPEND_RUN_H_
#define S2_BENCH_APPEND_RUN_H_

#include <grpcpp/channel.h>

#include <memory>

#include "absl/time/time.h"
#include "s2/bench/shape.h"
#include "s2/client/client.h"
#include "s2/retry/policy.h"

// One thread makes the batches, then feeds them to one append stream and observes every ack. What
// is returned is the time from the opening of the stream to the last ack; making and tidying up are
// not in it.
namespace s2::bench {

absl::Duration RunAppendSession(const Stream& stream, const Shape& shape, size_t batches,
                                AppendRetryPolicy policy = AppendRetryPolicy::kAtLeastOnce);

absl::Duration RunBareAppend(const std::shared_ptr<grpc::Channel>& channel, const Shape& shape,
                             size_t batches, bool cork);

}  // namespace s2::bench

#endif  // S2_BENCH_APPEND_RUN_H_
