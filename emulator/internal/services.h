// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EMULATOR_INTERNAL_SERVICES_H_
#define S2_EMULATOR_INTERNAL_SERVICES_H_

#include <grpcpp/impl/service_type.h>

#include <memory>

#include "s2/emulator/internal/core.h"

// The services, for one server: every server has its own, and they share the core.
namespace s2::emulator {

// Access tokens, locations and metrics answer `not_implemented`.
std::unique_ptr<grpc::Service> MakeAccountService(std::shared_ptr<Core> core);
std::unique_ptr<grpc::Service> MakeBasinService(std::shared_ptr<Core> core);
std::unique_ptr<grpc::Service> MakeStreamService(std::shared_ptr<Core> core);

}  // namespace s2::emulator

#endif  // S2_EMULATOR_INTERNAL_SERVICES_H_
