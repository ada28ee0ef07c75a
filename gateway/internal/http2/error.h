// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_ERROR_H_
#define S2_GATEWAY_INTERNAL_HTTP2_ERROR_H_

#include "absl/status/status.h"

namespace s2::gateway {

// The same error with ErrorInfo.not_sent: the server provably took nothing of the request.
absl::Status NotSent(const absl::Status& error);

// How a stream ends after HttpStream::Cancel.
absl::Status CancelledByCaller();

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_HTTP2_ERROR_H_
