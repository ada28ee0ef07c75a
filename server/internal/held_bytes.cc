// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/server/internal/held_bytes.h"

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"

namespace s2::server {

absl::Status HeldBytes::OverLimit() const {
  return MakeError(ErrorCode::kRateLimited,
                   absl::StrCat("max_held_bytes is ", limit_, ", and calls hold ", bytes()));
}

}  // namespace s2::server
