// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/exactly_once/pins.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"

namespace s2::internal {
namespace {

// Wrong guesses before it counts as another writer's doing.
constexpr int kMaxGuesses = 8;

absl::Status Invalid(const AppendBatch& batch, absl::string_view why) {
  return MakeError(ErrorCode::kInvalid,
                   absl::StrCat("match_seq_num is ", batch.input.match_seq_num(), "; ", why));
}

}  // namespace

absl::Status Pins::Admit(AppendBatch& batch) {
  if (!batch.input.has_match_seq_num()) {
    pinning_ = true;
    return absl::OkStatus();
  }
  if (pinning_) {
    return Invalid(batch, "a batch before it has none, so that the session sets those behind it");
  }
  if (own_end_.has_value() && batch.input.match_seq_num() != *own_end_) {
    return Invalid(batch, absl::StrCat("the batch before it ends at ", *own_end_));
  }
  own_end_ = batch.input.match_seq_num() + batch.records;
  batch.marked = true;
  return absl::OkStatus();
}

void Pins::Pin(AppendBatch& batch) {
  if (batch.pinned) return;
  if (batch.input.has_match_seq_num()) {
    next_ = std::max(*next_, batch.input.match_seq_num() + batch.records);
    return;
  }
  batch.input.set_match_seq_num(*next_);
  batch.pinned = true;
  *next_ += batch.records;
}

void Pins::OnAck(const AppendBatch& batch) {
  if (batch.pinned) guess_ = false;
}

bool Pins::Repin(const AppendBatches& batches, uint64_t position) {
  if (!guess_ || ++guesses_ > kMaxGuesses) return false;
  for (const std::shared_ptr<AppendBatch>& batch : batches) {
    if (!batch->pinned) continue;
    batch->input.clear_match_seq_num();
    batch->pinned = false;
  }
  next_ = position;
  return true;
}

}  // namespace s2::internal
