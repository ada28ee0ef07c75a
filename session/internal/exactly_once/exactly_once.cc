// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/exactly_once/exactly_once.h"

#include <algorithm>

#include "s2/record/record.h"
#include "s2/retry/error.h"

namespace s2::internal {
namespace {

// Fences that come too late in a row, because of other writers, before it is an error.
constexpr int kMaxLostClaims = 8;

bool IsFailedCondition(const absl::Status& error) {
  const ErrorCode code = GetErrorCode(error);
  return code == ErrorCode::kSeqNumMismatch || code == ErrorCode::kFencingTokenMismatch;
}

// The position that the stream's next record would have got, if the error says so.
std::optional<uint64_t> ExpectedSeqNum(const absl::Status& error) {
  if (GetErrorCode(error) != ErrorCode::kSeqNumMismatch) return std::nullopt;
  const rpc::v1::ErrorInfo info = GetErrorInfo(error);
  if (!info.has_expected_seq_num()) return std::nullopt;
  return info.expected_seq_num();
}

}  // namespace

std::shared_ptr<Errand> ExactlyOnce::MakeClaim(std::weak_ptr<AppendCore> core) const {
  v1::AppendInput input = MakeInput({fences() ? MakeFenceRecord(stamp_->token()) : MakeRecord("")});
  input.set_match_seq_num(claim_at_);
  return std::make_shared<LoneAppend>(std::move(core), context_, std::move(input));
}

ExactlyOnce::Claim ExactlyOnce::OnClaim(const absl::StatusOr<v1::AppendAck>& answer) {
  if (answer.ok()) {
    owned_.begin = answer->end().seq_num();
    pins_.Begin(owned_.begin);
    return Claim::kHeld;
  }
  const std::optional<uint64_t> expected = ExpectedSeqNum(answer.status());
  if (!expected.has_value()) return Claim::kFailed;
  if (!fences()) {
    pins_.Begin(*expected);
    return Claim::kHeld;
  }
  claim_at_ = *expected;
  return ++lost_claims_ > kMaxLostClaims ? Claim::kFailed : Claim::kAgain;
}

bool ExactlyOnce::Repin(const absl::Status& error, const Inflight& inflight) {
  const std::optional<uint64_t> expected = ExpectedSeqNum(error);
  if (!expected.has_value() || inflight.empty() || inflight.AnyMarked()) return false;
  return pins_.Repin(inflight.batches(), *expected);
}

void ExactlyOnce::BeginSettling(const absl::Status& error) {
  failure_ = error;
  settled_any_ = false;
  expected_ = ExpectedSeqNum(error);
  if (!fences()) return;
  // The server looks at the token first.
  if (expected_.has_value()) owned_.end = std::max(owned_.end, *expected_);
  if (GetErrorCode(error) == ErrorCode::kFencingTokenMismatch) fenced_off_ = true;
}

std::shared_ptr<Errand> ExactlyOnce::MakeReadBack(std::weak_ptr<AppendCore> core,
                                                  const Inflight& inflight) {
  SeqNumRange range = {inflight.batches().front()->input.match_seq_num(), 0};
  for (const std::shared_ptr<AppendBatch>& batch : inflight.batches()) {
    if (!batch->marked) break;
    range.end = batch->input.match_seq_num() + batch->records;
  }
  settlement_.emplace(range, expected_, owned_);
  if (expected_.has_value()) range.end = std::min(range.end, *expected_);
  if (range.end > range.begin) {
    return std::make_shared<ReadBack>(std::move(core), context_, range);
  }
  settlement_->End(absl::OkStatus());
  return nullptr;
}

void ExactlyOnce::OnAck(const AppendBatch& batch) {
  pins_.OnAck(batch);
  settled_any_ = true;
}

bool ExactlyOnce::MayGoOn() const {
  return settled_any_ && !fenced_off_ && (IsRetryable(failure_) || IsFailedCondition(failure_));
}

std::shared_ptr<Errand> ExactlyOnce::MakeLastFence(std::weak_ptr<AppendCore> core) const {
  if (!fences() || fenced_off_) return nullptr;
  v1::AppendInput input = MakeInput({MakeFenceRecord(DrawUniqueId(context_.runtime.random))});
  input.set_fencing_token(stamp_->token());
  return std::make_shared<LoneAppend>(std::move(core), context_, std::move(input));
}

bool ExactlyOnce::OnLastFence(const absl::StatusOr<v1::AppendAck>& answer) {
  if (answer.ok()) {
    expected_ = answer->start().seq_num();
    owned_.end = std::max(owned_.end, *expected_);
  } else if (GetErrorCode(answer.status()) == ErrorCode::kFencingTokenMismatch) {
    expected_.reset();
  } else {
    return false;
  }
  fenced_off_ = true;
  return true;
}

void ExactlyOnce::TakeBack(const AppendBatch& batch, v1::AppendInput& input) const {
  if (batch.marked) return stamp_->RemoveToken(input);
  stamp_->Remove(input);
  if (batch.pinned) input.clear_match_seq_num();
}

}  // namespace s2::internal
