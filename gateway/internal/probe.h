// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_PROBE_H_
#define S2_GATEWAY_INTERNAL_PROBE_H_

#include <grpcpp/channel.h>

#include <memory>

namespace s2::gateway {

// Does S2 answer through this gateway, whatever it says? Blocks for a second at the most.
bool Answers(const std::shared_ptr<grpc::Channel>& gateway);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_PROBE_H_
