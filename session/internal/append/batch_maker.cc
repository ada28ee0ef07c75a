// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/append/batch_maker.h"

#include "s2/record/record.h"
#include "s2/record/validate.h"

namespace s2::internal {

absl::StatusOr<std::shared_ptr<AppendBatch>> BatchMaker::Make(v1::AppendInput& input) const {
  if (stamp_ != nullptr) {
    if (absl::Status s = stamp_->Add(input); !s.ok()) return s;
  }
  // What the stamp adds counts.
  if (absl::Status s = Validate(input); !s.ok()) {
    if (stamp_ != nullptr) stamp_->Remove(input);
    return s;
  }
  const size_t bytes = MeteredBytes(input);
  return std::make_shared<AppendBatch>(context_, std::move(input), bytes);
}

void BatchMaker::GiveBack(AppendBatch& batch, v1::AppendInput& input) const {
  input = std::move(batch.input);
  if (stamp_ != nullptr) stamp_->Remove(input);
}

}  // namespace s2::internal
