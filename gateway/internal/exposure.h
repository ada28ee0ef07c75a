// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_EXPOSURE_H_
#define S2_GATEWAY_INTERNAL_EXPOSURE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace s2::gateway {

// Who reaches a gateway with a token of its own acts with that token. OK if that is only this
// machine, or clients that show a certificate; else an error that names the address.
absl::Status ValidateExposure(const std::vector<std::string>& addresses, bool mutual_tls);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_EXPOSURE_H_
