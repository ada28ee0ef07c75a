// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_ERROR_H_
#define S2_GATEWAY_INTERNAL_HTTP2_ERROR_H_

#include "absl/status/status.h"

namespace s2 {

// How a stream ends after Stream::Cancel.
absl::Status CancelledByCaller();

}  // namespace s2

#endif  // S2_GATEWAY_INTERNAL_HTTP2_ERROR_H_
