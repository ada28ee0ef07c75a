// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/internal/unary_call.h"

#include <chrono>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "s2/retry/error.h"

namespace s2::internal {
namespace {

// An attempt that was cut short by its caller's deadline after less than this says nothing about
// the server.
constexpr absl::Duration kSilence = absl::Seconds(1);

// How a wait ends that lasts too long; UnaryLoop has the words for it.
absl::Status TimedOut() { return absl::DeadlineExceededError(""); }

bool IsTimedOut(const absl::Status& status) {
  return absl::IsDeadlineExceeded(status) && GetErrorInfo(status).ByteSizeLong() == 0;
}

// The token of an attempt, for which it waits no longer than until `deadline`. An error means that
// nothing was sent, and says so.
absl::StatusOr<Token> AwaitToken(const Runtime& runtime, const AccessToken& token,
                                 const UnaryLoop& loop, absl::Time deadline) {
  if (token.source() == nullptr) return token.fixed();
  struct Answer {
    Wait wait;
    Token token;  // set before the wait ends with OK
  };
  auto answer = std::make_shared<Answer>();
  token.source()->Get([answer](const absl::StatusOr<Token>& got) {
    if (got.ok()) answer->token = *got;
    answer->wait.End(got.status());
  });
  const auto timer = runtime.clock->CallAt(deadline, [answer] { answer->wait.End(TimedOut()); });
  const CancelScope scope(loop.cancellation(), [answer] { answer->wait.End(Cancelled()); });
  const absl::Status status = answer->wait.Await();
  if (status.ok()) return answer->token;
  if (!IsTimedOut(status)) return NotSent(status);
  return NotSent(WithContext(loop.AttemptTimeout(), token.source()->name()));
}

}  // namespace

absl::Status RunAttempt(const Runtime& runtime, const AccessToken& token, const CallTarget& target,
                        const UnaryLoop& loop, std::shared_ptr<UnaryAttempt> attempt,
                        const std::function<absl::Status()>& begin) {
  const absl::Time deadline = loop.AttemptDeadline();
  const absl::StatusOr<Token> sent = AwaitToken(runtime, token, loop, deadline);
  if (!sent.ok()) return sent.status();
  token.Attach(*sent, attempt->context);
  AddMetadata(target, attempt->context);
  const absl::Time begun = runtime.clock->Now();
  // gRPC tells the server too, which can stop when nobody waits for the answer any more.
  const absl::Duration left = deadline - begun;
  attempt->context.set_deadline(absl::ToChronoTime(absl::Now() + left));
  if (absl::Status s = begin(); !s.ok()) return s;
  const auto timer = runtime.clock->CallAt(deadline, [attempt] {
    attempt->wait.End(TimedOut());
    attempt->context.TryCancel();
  });
  const CancelScope scope(loop.cancellation(), [attempt] {
    attempt->wait.End(Cancelled());
    attempt->context.TryCancel();
  });
  const absl::Status status = attempt->wait.Await();
  if (!IsTimedOut(status)) return token.OnEnd(*sent, status);
  const absl::Status error = loop.AttemptTimeout();
  attempt->silent =
      GetErrorCode(error) == ErrorCode::kRequestTimeout || runtime.clock->Now() - begun >= kSilence;
  return error;
}

}  // namespace s2::internal
