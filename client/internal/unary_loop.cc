// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/internal/unary_loop.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "s2/client/internal/wait.h"
#include "s2/retry/error.h"
#include "s2/retry/internal/call_user.h"

namespace s2::internal {
UnaryLoop::UnaryLoop(const Runtime& runtime, const RetryOptions& retry, const Operation& operation,
                     const CallOptions& options)
    : runtime_(runtime),
      operation_(operation),
      options_(options),
      deadline_(runtime.clock->FromWall(options.deadline)),
      recovery_(operation.policy, retry, runtime.random) {}

bool UnaryLoop::BeginAttempt() {
  if (cancelled()) {
    error_ = Cancelled();
    return false;
  }
  const absl::Time now = runtime_.clock->Now();
  if (now >= deadline_) {
    error_ = absl::DeadlineExceededError("the deadline is over");
    return false;
  }
  recovery_.OnAttempt(now);
  return true;
}

absl::Time UnaryLoop::AttemptDeadline() const {
  return std::min(deadline_, runtime_.clock->Now() + operation_.timeout);
}

absl::Status UnaryLoop::AttemptTimeout() const {
  if (runtime_.clock->Now() >= deadline_) {
    return absl::DeadlineExceededError("no answer before the deadline");
  }
  return MakeError(ErrorCode::kRequestTimeout,
                   absl::StrCat("no answer within ", absl::FormatDuration(operation_.timeout)));
}

bool UnaryLoop::WaitForNext(const absl::Status& error) {
  error_ = error;
  if (!HasNoSideEffects(error) || ReconnectForwarded(error).value_or(0) > 0) {
    may_have_effect_ = true;
  }
  if (cancelled()) return false;
  const absl::Time now = runtime_.clock->Now();
  const RecoveryStep step = recovery_.OnFailure(error, may_have_effect_, now);
  if (step.kind == RecoveryStep::Kind::kGiveUp || now + step.pause >= deadline_) return false;
  Log(step);
  return (step.kind == RecoveryStep::Kind::kReopen || Pause(now + step.pause)) && BeginAttempt();
}

bool UnaryLoop::cancelled() const {
  return options_.cancellation != nullptr && options_.cancellation->cancelled();
}

bool UnaryLoop::Pause(absl::Time until) {
  auto wait = std::make_shared<Wait>();
  const auto timer = runtime_.clock->CallAt(until, [wait] { wait->End(absl::OkStatus()); });
  const CancelScope scope(options_.cancellation, [wait] { wait->End(Cancelled()); });
  const absl::Status status = wait->Await();
  if (!status.ok()) error_ = status;
  return status.ok();
}

bool UnaryLoop::WasDone(const absl::Status& error) const {
  return may_have_effect_ && operation_.if_done != ErrorCode::kNone &&
         GetErrorCode(error) == operation_.if_done;
}

absl::Status UnaryLoop::Error() const {
  absl::Status error = error_;
  if (operation_.is_append) {
    rpc::v1::ErrorInfo info = GetErrorInfo(error);
    info.set_effect(may_have_effect_ ? rpc::v1::EFFECT_POSSIBLE : rpc::v1::EFFECT_NONE);
    error = WithErrorInfo(error, info);
  }
  return recovery_.Final(error, operation_.name, runtime_.clock->Now());
}

void UnaryLoop::Log(const RecoveryStep& step) const {
  if (runtime_.log == nullptr) return;
  CallUser("a log sink", runtime_.log, absl::StrCat(operation_.name, ": ", Describe(step, error_)));
}

}  // namespace s2::internal
