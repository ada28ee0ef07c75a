// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/append/append_effect.h"

#include "s2/retry/error.h"

namespace s2::internal {

absl::Status WithEffect(const absl::Status& error, bool possible) {
  rpc::v1::ErrorInfo info = GetErrorInfo(error);
  info.set_effect(possible ? rpc::v1::EFFECT_POSSIBLE : rpc::v1::EFFECT_NONE);
  return WithErrorInfo(error, info);
}

}  // namespace s2::internal
