// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_IO_THREADS_H_
#define S2_GATEWAY_INTERNAL_HTTP2_IO_THREADS_H_

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "s2/gateway/internal/http2/io_loop.h"

// The threads for the network, which all clients of the process share: four at the most, or as many
// as one client asks for. They are made as they are needed and stay until the process ends. When
// it exits they stand still: no stream makes an event any more, but for those that end because they
// are cancelled, opened or their client goes. All functions are thread safe.
namespace s2::http2 {

// `count` different ones, or fewer where the system has no more threads to give: those that have
// the fewest clients. To be given back. Error: the system has not even one.
absl::StatusOr<std::vector<IoLoop*>> TakeIoLoops(size_t count);
void GiveBack(const std::vector<IoLoop*>& loops);

// Has the threads stand still, at exit, before anything goes that was there before this call. What
// asio has is waited for anyway; who uses another library on these threads that ends itself at
// exit, such as OpenSSL, calls this once it is there.
void HaltIoThreadsAtExit();

}  // namespace s2::http2

#endif  // S2_GATEWAY_INTERNAL_HTTP2_IO_THREADS_H_
