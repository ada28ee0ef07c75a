// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_CALLS_SERVICES_H_
#define S2_GATEWAY_INTERNAL_CALLS_SERVICES_H_

#include <memory>

#include "s2/gateway/internal/calls/core.h"
#include "s2/server/internal/servers.h"

namespace s2::gateway {

// Services that a server of the gateway has. Every server has its own; they share the core.
std::unique_ptr<grpc::Service> MakeAccountService(std::shared_ptr<Core> core);
std::unique_ptr<grpc::Service> MakeBasinService(std::shared_ptr<Core> core);
std::unique_ptr<grpc::Service> MakeStreamService(std::shared_ptr<Core> core);

// All of them.
server::Services MakeServices(const std::shared_ptr<Core>& core);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_CALLS_SERVICES_H_
