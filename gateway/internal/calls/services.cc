// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/calls/services.h"

namespace s2::gateway {

server::Services MakeServices(const std::shared_ptr<Core>& core) {
  server::Services services;
  services.push_back(MakeAccountService(core));
  services.push_back(MakeBasinService(core));
  services.push_back(MakeStreamService(core));
  return services;
}

}  // namespace s2::gateway
