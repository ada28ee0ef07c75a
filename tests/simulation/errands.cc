// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/simulation/errands.h"

#include <algorithm>

#include "s2/retry/error.h"

namespace s2::simulation {

void Errands::Reset() {
  reads_ = read_ = fences_ = outlawed_ = false;
  durable_ = read_to_ = 0;
  fence_.reset();
}

void Errands::OnFailure(const absl::Status& error) {
  outlawed_ = GetErrorCode(error) == ErrorCode::kFencingTokenMismatch;
}

bool Errands::MayLeaveOpen(const Submission& submission) const {
  const Stream& stream = *server_->stream();
  const bool fences = submission.options->exactly_once.fence;
  if (!submission.pin || lied_to_) return true;
  if (fences && !outlawed_) return fences_;
  const uint64_t pin = *submission.pin;
  const uint64_t end = pin + submission.input->records_size();
  if (fence_ && pin >= *fence_) return pin > *fence_;
  if (!read_ && read_to_ <= pin) return true;
  if (pin >= durable_) return !fences || pin > durable_ || pin < stream.durable();
  const uint64_t same = CountSame(stream, submission, pin);
  const bool ours = pin + same == end;
  for (uint64_t i = pin; i < std::min(end, durable_); ++i) {
    if (stream.at(i).gone) return !ours || !fence_ || pin < claim_;
  }
  return ours ? !read_ && read_to_ < end : same > 0;
}

Observer* Errands::OnOpen(const rpc::v1::ReadRequest* request) {
  // A read that has ended looks whether records are missing behind its end: that is all it asks.
  if (request != nullptr && request->has_wait()) return this;
  reads_ = request != nullptr;
  fences_ |= !reads_;
  if (reads_) durable_ = server_->stream()->durable();
  read_ = false;
  return this;
}

void Errands::OnAck(const v1::AppendAck& ack) {
  outlawed_ = true;
  fence_ = ack.start().seq_num();
  if (!claim_) claim_ = fence_;
}

void Errands::OnBatch(const v1::ReadBatch& batch) {
  if (!batch.records().empty()) read_to_ = batch.records().rbegin()->seq_num() + 1;
}

void Errands::OnOver(const absl::Status* status) {
  if (status == nullptr) return;
  const ErrorCode code = GetErrorCode(*status);
  lied_to_ |= code == ErrorCode::kInvalidAck;
  if (reads_) read_ = status->ok() || GetErrorInfo(*status).has_tail();
  if (!reads_ && code == ErrorCode::kFencingTokenMismatch) outlawed_ = true;
}

}  // namespace s2::simulation
