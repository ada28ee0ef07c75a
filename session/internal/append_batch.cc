// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/append_batch.h"

#include <algorithm>

namespace s2::internal {

bool AnyMarked(const AppendBatches& batches) {
  return std::any_of(batches.begin(), batches.end(), [](const auto& b) { return b->marked; });
}

void ClearMarks(const AppendBatches& batches) {
  for (const std::shared_ptr<AppendBatch>& batch : batches) batch->marked = false;
}

}  // namespace s2::internal
