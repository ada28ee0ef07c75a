// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CLIENT_OPTIONS_H_
#define S2_CLIENT_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/client/token_provider.h"
#include "s2/retry/clock.h"
#include "s2/retry/policy.h"
#include "s2/session/append_session.h"
#include "s2/session/executor.h"
#include "s2/session/log.h"
#include "s2/session/read_session.h"

namespace s2 {

// How a client behaves, and its sessions unless they are opened with options of their own.
struct ClientOptions {
  // Sent as bearer with every call, never in the clear except to loopback or a unix socket, and
  // never logged. One that the server refuses is not tried again. Default: empty, none is sent.
  std::string access_token;
  // Brings tokens that expire, instead: asked for each attempt, and told when the server has
  // refused its token; then the attempt is retried. Default: none. At most one of the three may be
  // set.
  std::shared_ptr<TokenProvider> token_provider;
  // The same as a function, called as TokenProvider::Get is.
  std::function<absl::StatusOr<std::string>()> access_token_provider;
  // Longest time for one attempt of a unary call; a read adds its `wait`. Default: 5 s. Least: 1
  // ms.
  absl::Duration request_timeout = absl::Seconds(5);
  // Budget and pace of retries of unary calls. Default: 10 s from the first failure. A call's own
  // deadline ends it earlier.
  RetryOptions unary_retry = {RetryBudget::Elapsed(absl::Seconds(10))};
  // Which unary appends may be sent again. Default: all whose error may pass, so that one whose
  // answer was lost may land twice. kExactlyOnce is refused (kInvalid): it takes an append session.
  AppendRetryPolicy append_policy = AppendRetryPolicy::kAtLeastOnce;
  // For append sessions and read sessions that are opened without options. Options that a session
  // is opened with take the place of all of these.
  AppendSessionOptions append_session;
  ReadSessionOptions read_session;
  // Sessions and unary calls that share one connection, where the client makes the connections
  // itself; then it makes another. Where a server allows fewer, the client learns how many, once
  // some sessions wait and others have theirs. Default: 90 (servers allow 100 or more). Least: 1.
  size_t max_sessions_per_channel = 90;
  // Where callbacks run. Default: Executor::Default().
  std::shared_ptr<Executor> executor;
  // Takes log lines. Default: none.
  LogSink log;
  // Time; for tests. Default: Clock::System().
  std::shared_ptr<Clock> clock;
};

// OK, or what is wrong with the options, naming field, value and limit.
absl::Status Validate(const ClientOptions& options);

// Cancels the unary calls that share it. Thread safe.
class Cancellation {
 public:
  // Ends the calls under way, and those still to come, with CANCELLED.
  void Cancel() ABSL_LOCKS_EXCLUDED(mu_);

  bool cancelled() const ABSL_LOCKS_EXCLUDED(mu_);

  // Calls `callback` in Cancel, or at once if it is cancelled already; the number takes the
  // callback away again, though it may just be running. It must not block.
  uint64_t OnCancel(absl::AnyInvocable<void()> callback) ABSL_LOCKS_EXCLUDED(mu_);
  void Remove(uint64_t number) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  mutable absl::Mutex mu_;
  bool cancelled_ ABSL_GUARDED_BY(mu_) = false;
  uint64_t last_number_ ABSL_GUARDED_BY(mu_) = 0;
  std::map<uint64_t, absl::AnyInvocable<void()>> callbacks_ ABSL_GUARDED_BY(mu_);
};

// Limits of one unary call, its retries included.
struct CallOptions {
  // When to give up, on the wall clock. Default: never; the retry budget ends it.
  absl::Time deadline = absl::InfiniteFuture();
  // Default: cannot be cancelled.
  std::shared_ptr<Cancellation> cancellation;
};

}  // namespace s2

#endif  // S2_CLIENT_OPTIONS_H_
