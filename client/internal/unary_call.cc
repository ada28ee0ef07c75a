// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/internal/unary_call.h"

#include <chrono>

#include "absl/time/clock.h"
#include "s2/retry/error.h"

namespace s2::internal {
namespace {

// An attempt that was cut short by its caller's deadline after less than this says nothing about
// the server.
constexpr absl::Duration kSilence = absl::Seconds(1);

}  // namespace

absl::Status RunAttempt(const Runtime& runtime, const AccessToken& token, const CallTarget& target,
                        const UnaryLoop& loop, std::shared_ptr<UnaryAttempt> attempt,
                        const std::function<absl::Status()>& begin) {
  if (absl::Status s = token.Attach(attempt->context); !s.ok()) return s;
  AddMetadata(target, attempt->context);
  const absl::Time begun = runtime.clock->Now();
  const absl::Time deadline = loop.AttemptDeadline();
  // gRPC tells the server too, which can stop when nobody waits for the answer any more.
  const absl::Duration left = deadline - begun;
  attempt->context.set_deadline(absl::ToChronoTime(absl::Now() + left));
  if (absl::Status s = begin(); !s.ok()) return s;
  const auto timer = runtime.clock->CallAt(deadline, [attempt] {
    attempt->wait.End(absl::DeadlineExceededError(""));
    attempt->context.TryCancel();
  });
  const CancelScope scope(loop.cancellation(), [attempt] {
    attempt->wait.End(absl::CancelledError("the call was cancelled"));
    attempt->context.TryCancel();
  });
  const absl::Status status = attempt->wait.Await();
  const bool timed_out = status.code() == absl::StatusCode::kDeadlineExceeded &&
                         GetErrorInfo(status).ByteSizeLong() == 0;
  if (!timed_out) return status;
  const absl::Status error = loop.AttemptTimeout();
  attempt->silent =
      GetErrorCode(error) == ErrorCode::kRequestTimeout || runtime.clock->Now() - begun >= kSilence;
  return error;
}

}  // namespace s2::internal
