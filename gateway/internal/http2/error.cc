// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/error.h"

#include "s2/retry/error.h"

namespace s2::gateway {

absl::Status NotSent(const absl::Status& error) {
  rpc::v1::ErrorInfo info = GetErrorInfo(error);
  info.set_not_sent(true);
  return WithErrorInfo(error, info);
}

absl::Status CancelledByCaller() { return absl::CancelledError("the request was cancelled"); }

}  // namespace s2::gateway
