// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_APPEND_APPEND_EFFECT_H_
#define S2_SESSION_INTERNAL_APPEND_APPEND_EFFECT_H_

#include "absl/status/status.h"

namespace s2::internal {

// The same error with the verdict over all attempts: may the batch be in the stream?
absl::Status WithEffect(const absl::Status& error, bool possible);

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_APPEND_APPEND_EFFECT_H_
