// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/exactly_once/exactly_once.h"

#include <algorithm>
#include <utility>

#include "s2/record/record.h"
#include "s2/retry/error.h"
#include "s2/retry/internal/random.h"
#include "s2/session/internal/exactly_once/lone_append.h"
#include "s2/session/internal/exactly_once/read_back.h"

namespace s2::internal {
namespace {

using Kind = ExactlyOnce::Step::Kind;
using Verdict = Settlement::Verdict;

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

ExactlyOnce::Step Next(Kind kind) { return {kind, "", {}, absl::OkStatus()}; }
ExactlyOnce::Step Open(absl::string_view why) {
  return {Kind::kOpen, std::string(why), {}, absl::OkStatus()};
}
ExactlyOnce::Step Fail(Kind kind, const absl::Status& error) { return {kind, "", {}, error}; }

}  // namespace

ExactlyOnce::ExactlyOnce(ErrandSessions sessions, const AppendSessionOptions& options,
                         const Random& random)
    : sessions_(std::move(sessions)),
      options_(options),
      random_(random),
      stamp_(std::make_shared<const BatchStamp>(options.exactly_once, random_)) {}

void ExactlyOnce::OnAck(const AppendBatch& batch) {
  pins_.OnAck(batch);
  settled_any_ = true;
}

ExactlyOnce::Step ExactlyOnce::Claim(absl::string_view why) {
  v1::AppendInput input = MakeInput({fences() ? MakeFenceRecord(stamp_->token()) : MakeRecord("")});
  input.set_match_seq_num(claim_at_);
  return AskToAppend(std::move(input), why);
}

ExactlyOnce::Step ExactlyOnce::Ask(std::shared_ptr<Errand> errand, absl::string_view why) {
  errand_ = std::move(errand);
  return {Kind::kAsk, std::string(why), {}, absl::OkStatus()};
}

ExactlyOnce::Step ExactlyOnce::AskToAppend(v1::AppendInput input, absl::string_view why) {
  return Ask(std::make_shared<LoneAppend>(events_, sessions_, options_, std::move(input)), why);
}

ExactlyOnce::Step ExactlyOnce::OnAppended(const absl::StatusOr<v1::AppendAck>& answer,
                                          const AppendBatches& batches) {
  errand_ = nullptr;
  if (!claimed()) return OnClaim(answer);
  if (!OnLastFence(answer)) return Fail(Kind::kGiveUp, failure_);
  return ReadBackMarked("fenced", batches);
}

ExactlyOnce::Step ExactlyOnce::OnClaim(const absl::StatusOr<v1::AppendAck>& answer) {
  if (answer.ok()) {
    owned_.begin = answer->end().seq_num();
    pins_.Begin(owned_.begin);
    return Open("the position is known");
  }
  const std::optional<uint64_t> expected = ExpectedSeqNum(answer.status());
  if (!expected.has_value()) return Fail(Kind::kClaimFailed, answer.status());
  if (!fences()) {
    pins_.Begin(*expected);
    return Open("the position is known");
  }
  claim_at_ = *expected;
  if (++lost_claims_ > kMaxLostClaims) return Fail(Kind::kClaimFailed, answer.status());
  return Claim("another writer was faster");
}

// If the pins were a wrong guess, they are set anew. If no batch is marked, nothing is open.
// Otherwise what became of the marked ones is to be found out.
ExactlyOnce::Step ExactlyOnce::OnFailure(const absl::Status& error, const AppendBatches& batches) {
  const std::optional<uint64_t> expected = ExpectedSeqNum(error);
  if (!AnyMarked(batches)) {
    if (expected.has_value() && !batches.empty() && pins_.Repin(batches, *expected)) {
      return Open(error.message());
    }
    return Fail(Kind::kGiveUp, error);
  }
  failure_ = error;
  settled_any_ = false;
  expected_ = expected;
  if (fences()) {
    // The server looks at the token first.
    if (expected_.has_value()) owned_.end = std::max(owned_.end, *expected_);
    if (GetErrorCode(error) == ErrorCode::kFencingTokenMismatch) fenced_off_ = true;
  }
  return ReadBackMarked(error.message(), batches);
}

// Reads back where the marked batches at the head of the queue go, as far as the stream goes.
ExactlyOnce::Step ExactlyOnce::ReadBackMarked(absl::string_view why, const AppendBatches& batches) {
  SeqNumRange range = {batches.front()->input.match_seq_num(), 0};
  for (const std::shared_ptr<AppendBatch>& batch : batches) {
    if (!batch->marked) break;
    range.end = batch->input.match_seq_num() + batch->records;
  }
  settlement_.emplace(range, expected_, owned_);
  if (expected_.has_value()) range.end = std::min(range.end, *expected_);
  if (range.end > range.begin) {
    return Ask(std::make_shared<ReadBack>(events_, sessions_, options_, range), why);
  }
  settlement_->End(absl::OkStatus());
  return Judge(batches);
}

ExactlyOnce::Step ExactlyOnce::OnReadBack(absl::StatusOr<ReadResult> answer,
                                          const AppendBatches& batches) {
  if (answer.ok() && !answer->end) {
    if (answer->skipped) settlement_->Skip(*answer->skipped);
    settlement_->Add(std::move(answer->batch));
  } else {
    settlement_->End(answer.status());
  }
  return Judge(batches);
}

ExactlyOnce::Step ExactlyOnce::Judge(const AppendBatches& batches) {
  if (batches.empty() || !batches.front()->marked) return OnVerdict(Verdict::kAbsent, batches);
  const Verdict verdict = settlement_->Judge(batches.front()->input);
  switch (verdict) {
    case Verdict::kOurs:
      return {Kind::kAck, "", settlement_->ack(), absl::OkStatus()};
    case Verdict::kMore:
      return Next(Kind::kAskForMore);
    case Verdict::kNotAsked:
      // It was submitted, or found room, after the read was asked for.
      return ReadBackMarked("more is open by now", batches);
    case Verdict::kForeign:
    case Verdict::kPartly:
    case Verdict::kUnreadable:
    case Verdict::kAbsent:
    case Verdict::kReplaced:
      break;
  }
  return OnVerdict(verdict, batches);
}

// The verdict on the first batch that is not acked; kAbsent if none is marked any more.
ExactlyOnce::Step ExactlyOnce::OnVerdict(Verdict verdict, const AppendBatches& batches) {
  errand_ = nullptr;
  const bool absent = verdict == Verdict::kAbsent;
  if (absent && MayGoOn()) return Next(Kind::kGoOn);
  if (!AnyMarked(batches)) return Fail(Kind::kGiveUp, failure_);
  const uint64_t pin = batches.front()->input.match_seq_num();
  const absl::Status error = WithContext(failure_, settlement_->Describe(verdict, pin));
  if (verdict == Verdict::kForeign) {
    ClearMarksFromForeign(batches);
  } else if (absent && fenced_off_) {
    ClearMarks(batches);
  } else if (fences() && !fenced_off_) {
    // The last fence: with it no batch that bears the session's token can land any more.
    v1::AppendInput fence = MakeInput({MakeFenceRecord(DrawUniqueId(random_))});
    fence.set_fencing_token(stamp_->token());
    return AskToAppend(std::move(fence), "giving up");
  }
  return Fail(Kind::kGiveUp, error);
}

// Something else stands where the first batch belongs. What this session sent behind it cannot be
// there either: S2 stops a stream at its first failed condition. A batch that brought its pin was
// sent by another session, maybe not behind that one: only its own position speaks for it.
void ExactlyOnce::ClearMarksFromForeign(const AppendBatches& batches) {
  for (const std::shared_ptr<AppendBatch>& batch : batches) {
    if (!batch->marked) break;
    if (!batch->pinned && settlement_->Judge(batch->input) != Verdict::kForeign) continue;
    batch->marked = false;
  }
}

// May the failure be tried again, as something has been settled?
bool ExactlyOnce::MayGoOn() const {
  return settled_any_ && !fenced_off_ && (IsRetryable(failure_) || IsFailedCondition(failure_));
}

// False: it had no answer that says that the session's token has lost its force.
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
