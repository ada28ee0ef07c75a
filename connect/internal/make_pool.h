// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CONNECT_INTERNAL_MAKE_POOL_H_
#define S2_CONNECT_INTERNAL_MAKE_POOL_H_

#include <memory>

#include "absl/status/statusor.h"
#include "s2/client/internal/stub_pool.h"
#include "s2/connect/connect.h"
#include "s2/endpoint/endpoint.h"

namespace s2::internal {

// Stubs to what the endpoint names. Reads the endpoint's files.
absl::StatusOr<std::shared_ptr<StubPool>> MakePool(const endpoint::Endpoint& endpoint,
                                                   const ConnectOptions& options);

}  // namespace s2::internal

#endif  // S2_CONNECT_INTERNAL_MAKE_POOL_H_
