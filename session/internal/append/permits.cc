// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/append/permits.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"

namespace s2::internal {

absl::Status PermitWaiter::Deliver() {
  if (state == State::kGranted) state = State::kDelivered;
  return refusal;
}

absl::Status Permits::Check(size_t bytes) const {
  if (bytes == 0) {
    return MakeError(ErrorCode::kInvalid, "bytes is 0; a batch has at least 8 metered bytes");
  }
  if (bytes <= max_bytes_) return absl::OkStatus();
  return MakeError(ErrorCode::kInvalid,
                   absl::StrCat("bytes is ", bytes, "; max_unacked_bytes is ", max_bytes_));
}

std::string Permits::Describe(size_t bytes) const {
  std::string text = absl::StrCat("a batch of ", bytes, " bytes; max_unacked_bytes is ", max_bytes_,
                                  ", of which ", bytes_, " are taken");
  if (max_batches_ != 0) {
    absl::StrAppend(&text, "; max_unacked_batches is ", max_batches_, ", of which ", batches_,
                    " are taken");
  }
  if (!queue_.empty()) absl::StrAppend(&text, "; ", queue_.size(), " are waiting");
  return text;
}

bool Permits::TryTake(size_t bytes) {
  if (!queue_.empty() || !HasRoom(bytes)) return false;
  Take(bytes);
  return true;
}

void Permits::Release(size_t bytes) {
  bytes_ -= bytes;
  --batches_;
}

void Permits::ReleaseBytes(size_t bytes) { bytes_ -= bytes; }

void Permits::Wait(std::shared_ptr<PermitWaiter> waiter) {
  PermitWaiter& w = *waiter;
  w.place = queue_.insert(queue_.end(), std::move(waiter));
}

void Permits::Leave(const PermitWaiter& waiter) { queue_.erase(waiter.place); }

std::shared_ptr<PermitWaiter> Permits::Grant() {
  if (queue_.empty() || !HasRoom(queue_.front()->bytes)) return nullptr;
  Take(queue_.front()->bytes);
  return PopFront(PermitWaiter::State::kGranted);
}

std::shared_ptr<PermitWaiter> Permits::Refuse(const absl::Status& refusal) {
  if (queue_.empty()) return nullptr;
  queue_.front()->refusal = refusal;
  return PopFront(PermitWaiter::State::kRefused);
}

bool Permits::HasRoom(size_t bytes) const {
  return bytes <= max_bytes_ - bytes_ && (max_batches_ == 0 || batches_ < max_batches_);
}

void Permits::Take(size_t bytes) {
  bytes_ += bytes;
  ++batches_;
}

std::shared_ptr<PermitWaiter> Permits::PopFront(PermitWaiter::State state) {
  std::shared_ptr<PermitWaiter> waiter = std::move(queue_.front());
  queue_.pop_front();
  waiter->state = state;
  return waiter;
}

}  // namespace s2::internal
