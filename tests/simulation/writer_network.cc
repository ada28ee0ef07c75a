// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"
#include "s2/tests/simulation/writer.h"

namespace s2::simulation {

// A kExactlyOnce session comes back at once when something was settled.
Observer* Writer::OnOpen(const rpc::v1::ReadRequest* request) {
  if (exactly_once() && (!session_ || session_->Stats().attempts == opens_)) {
    return errands_.OnOpen(request);
  }
  ++opens_;
  errands_.Reset();
  next_write_.reset();
  if (!failed_ || acked() != acked_at_failure_) return this;
  const absl::string_view wrong = pacing_.CheckRetry(world_->Now());
  if (!wrong.empty()) Fail(wrong);
  return this;
}

// Every attempt writes what is unacked, in order, as it was submitted.
void Writer::OnWrite(const v1::AppendInput& input) {
  const size_t number = next_write_.value_or(acked());
  next_write_ = number + 1;
  const bool is_new = number == submissions_.size() && coming_ != nullptr;
  if (!is_new && number >= submissions_.size()) return Fail("it wrote what nobody submitted");
  const v1::AppendInput& expected = is_new ? *coming_ : *submissions_[number]->input;
  if (Key(expected) != Key(input) || expected.records_size() != input.records_size()) {
    Fail(absl::StrCat("it wrote ", Key(input), " where ", Key(expected), " was next"));
  }
  ++(is_new ? coming_writes_ : submissions_[number]->writes);
  if (input.has_match_seq_num()) {
    (is_new ? coming_pin_ : submissions_[number]->pin) = input.match_seq_num();
  }
}

// A wrong guess of positions is no failure.
void Writer::OnOver(const absl::Status* status) {
  const ErrorCode told = status == nullptr ? ErrorCode::kNone : GetErrorCode(*status);
  lied_to_ |= told == ErrorCode::kInvalidAck;
  if (status != nullptr) errands_.OnFailure(*status);
  if (std::exchange(acked_at_failure_, acked()) != acked()) pacing_.OnProgress();
  failed_ = unacked() > 0 && !(exactly_once() && told == ErrorCode::kSeqNumMismatch);
  if (failed_) pacing_.OnFailure(world_->Now(), status);
}

}  // namespace s2::simulation
