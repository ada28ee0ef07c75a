// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/internal/unary_loop.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "s2/client/internal/wait.h"
#include "s2/retry/error.h"

namespace s2::internal {
namespace {

// So many servers in a row may send us on before it counts as a failure.
constexpr int kMaxMoves = 8;

absl::Duration Readable(absl::Duration d) { return absl::Trunc(d, absl::Milliseconds(1)); }

absl::Status Cancelled() { return absl::CancelledError("the call was cancelled"); }

}  // namespace

UnaryLoop::UnaryLoop(const Runtime& runtime, const RetryOptions& retry, const Operation& operation,
                     const CallOptions& options)
    : runtime_(runtime),
      operation_(operation),
      options_(options),
      begin_(runtime.clock->Now()),
      deadline_(runtime.clock->FromWall(options.deadline)),
      backoff_(retry) {}

bool UnaryLoop::MayBegin() {
  if (cancelled()) {
    error_ = Cancelled();
    return false;
  }
  if (runtime_.clock->Now() >= deadline_) {
    error_ = absl::DeadlineExceededError("the deadline is over");
    return false;
  }
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
  ++attempts_;
  error_ = error;
  const std::optional<uint64_t> forwarded = ReconnectForwarded(error);
  if (!HasNoSideEffects(error) || forwarded.value_or(0) > 0) may_have_effect_ = true;
  if (cancelled() || !MayRetry(error, operation_.policy, may_have_effect_)) return false;
  if (forwarded && ++moves_ <= kMaxMoves) return MayBegin();
  moves_ = 0;
  const absl::Time now = runtime_.clock->Now();
  const std::optional<absl::Duration> pause =
      backoff_.Next(now, RetryAfter(error), runtime_.random);
  if (!pause || now + *pause >= deadline_) return false;
  Log(*pause);
  return Pause(now + *pause) && MayBegin();
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
  const absl::Duration elapsed = runtime_.clock->Now() - begin_;
  return WithContext(error, absl::StrCat(operation_.name, " (", attempts_,
                                         attempts_ == 1 ? " attempt, " : " attempts, ",
                                         absl::FormatDuration(Readable(elapsed)), ")"));
}

void UnaryLoop::Log(absl::Duration pause) const {
  if (runtime_.log == nullptr) return;
  runtime_.executor->Run(
      [log = runtime_.log,
       line = absl::StrCat(operation_.name, ": attempt ", attempts_, " failed (", error_.message(),
                           "); the next in ", absl::FormatDuration(Readable(pause)))] {
        log(line);
      });
}

}  // namespace s2::internal
