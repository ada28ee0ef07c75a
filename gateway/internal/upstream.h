// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_UPSTREAM_H_
#define S2_GATEWAY_INTERNAL_UPSTREAM_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "s2/gateway/gateway.h"

namespace s2::gateway {

// http(s)://HOST[:PORT][?OPTION&...] as options: the endpoints, the roots and the compression.
// connect.h has the grammar. Errors, of code kInvalid, say what was expected.
absl::StatusOr<GatewayOptions> ParseUpstream(absl::string_view text);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_UPSTREAM_H_
