// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/error.h"

namespace s2 {

absl::Status CancelledByCaller() { return absl::CancelledError("the request was cancelled"); }

}  // namespace s2
