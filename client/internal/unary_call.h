// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CLIENT_INTERNAL_UNARY_CALL_H_
#define S2_CLIENT_INTERNAL_UNARY_CALL_H_

#include <grpcpp/client_context.h>

#include <functional>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "s2/client/internal/access_token.h"
#include "s2/client/internal/call_target.h"
#include "s2/client/internal/channel_probe.h"
#include "s2/client/internal/stub_pool.h"
#include "s2/client/internal/unary_loop.h"
#include "s2/client/internal/wait.h"
#include "s2/retry/error.h"
#include "s2/session/internal/grpc_call.h"
#include "s2/session/internal/runtime.h"
#include "s2/session/internal/stub_context.h"

namespace s2::internal {

// One attempt of a unary call. It lives until its caller has stopped waiting and gRPC is done with
// it, whichever is later.
struct UnaryAttempt {
  // Declared before the context, and so destroyed after it: the context holds their channel.
  std::shared_ptr<StubPool::Lease> lease;
  StubContext context;
  Wait wait;
  // No answer came for so long that the connection may be dead.
  bool silent = false;
};

// Starts an attempt with `begin` (an error: it could not begin) and waits for its end: the answer,
// the deadline of the attempt, or the cancellation, whichever is first.
absl::Status RunAttempt(const Runtime& runtime, const AccessToken& token, const CallTarget& target,
                        const UnaryLoop& loop, std::shared_ptr<UnaryAttempt> attempt,
                        const std::function<absl::Status()>& begin);

// A method of the generated stubs: `(stub.async()->*method)(context, request, response, done)`.
template <typename Service, typename Request, typename Response>
using UnaryMethod = void (Service::StubInterface::async_interface::*)(
    grpc::ClientContext*, const Request*, Response*, std::function<void(grpc::Status)>);

// What the unary calls of a client share.
struct UnaryEnvironment {
  Runtime runtime;
  RetryOptions retry;
  absl::Duration request_timeout;
  AppendRetryPolicy append_policy;
  std::shared_ptr<const AccessToken> token;
  // For what is about basins.
  std::shared_ptr<StubPool> account;
  // For streams and records.
  std::shared_ptr<StubPool> basin;
};

// Calls a method, again and again as the retry options allow, and blocks until it has an answer.
// `stub` says which of the pool's stubs.
template <typename Service, typename Request, typename Response>
absl::StatusOr<Response> CallWithRetries(
    const UnaryEnvironment& environment, StubPool& pool, const Operation& operation,
    const CallTarget& target, const std::shared_ptr<const Request>& request,
    const CallOptions& options, std::shared_ptr<typename Service::StubInterface> Stubs::*stub,
    UnaryMethod<Service, Request, Response> method) {
  struct Attempt : UnaryAttempt {
    std::shared_ptr<const Request> request;
    Response response;
  };
  UnaryLoop loop(environment.runtime, environment.retry, operation, options);
  bool again = loop.BeginAttempt();
  while (again) {
    auto attempt = std::make_shared<Attempt>();
    attempt->request = request;
    const absl::Status status =
        RunAttempt(environment.runtime, *environment.token, target, loop, attempt, [&] {
          attempt->lease = pool.ForCall();
          auto* service = (attempt->lease->stubs().*stub).get();
          if (service == nullptr) {
            return MakeError(ErrorCode::kNotImplemented,
                             "the client was given no stub of this service");
          }
          (service->async()->*method)(&attempt->context, attempt->request.get(), &attempt->response,
                                      [attempt](const grpc::Status& s) {
                                        const absl::Status end = CallStatus(s);
                                        if (IsAnswer(end.code())) attempt->lease->OnHeard();
                                        attempt->wait.End(end);
                                      });
          return absl::OkStatus();
        });
    if (status.ok()) return std::move(attempt->response);
    if (attempt->silent) attempt->lease->OnSilence();
    if (loop.WasDone(status)) return Response();
    again = loop.WaitForNext(status);
  }
  return loop.Error();
}

}  // namespace s2::internal

#endif  // S2_CLIENT_INTERNAL_UNARY_CALL_H_
