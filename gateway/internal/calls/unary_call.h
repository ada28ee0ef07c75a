// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_CALLS_UNARY_CALL_H_
#define S2_GATEWAY_INTERNAL_CALLS_UNARY_CALL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "s2/gateway/internal/calls/core.h"
#include "s2/gateway/internal/http2/http2.h"
#include "s2/gateway/internal/http2/slices.h"
#include "s2/retry/clock.h"
#include "s2/server/internal/call_reactor.h"
#include "s2/server/internal/held_bytes.h"

namespace s2::gateway {

// The largest body that an answer of S2's may have, before it is decoded and after.
inline constexpr size_t kMaxAnswerBytes = 8 * 1024 * 1024;

// What one unary call asks S2, and what it makes of the answer.
struct UnaryExchange {
  // The request, or what is wrong with the call.
  absl::StatusOr<http2::Request> request;
  http2::Slices body;
  // How long it may take until the whole answer is there.
  absl::Duration timeout;
  // Makes the call's response of an answer of status 2xx. Called once at the most.
  absl::AnyInvocable<absl::Status(const http2::Response&, http2::Slices body)> answer;
};

// The gateway's half of a unary call. It sends its request once, and ends when its stream to S2
// ends, which keeps it until then. Events of the stream, the timer and the end of the gateway come
// on any thread, as reactions of gRPC do.
class UnaryCall final : public server::CallReactor<grpc::ServerUnaryReactor>,
                        public http2::StreamEvents {
 public:
  static grpc::ServerUnaryReactor* Start(std::shared_ptr<Core> core,
                                         grpc::CallbackServerContext* context,
                                         UnaryExchange exchange);

  // S2's answer may come all the same, and counts if it is whole by then.
  void OnCancel() override { GiveUp(absl::CancelledError("the client is gone")); }
  void Kill() override { GiveUp(server::GoneError()); }
  // A gateway that drains lets the call go on: its timeout ends it soon enough.
  void Drain() override {}

  void OnResponse(http2::Response response) override { response_ = std::move(response); }
  void OnData(const uint8_t* data, size_t size) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnDrained() override {}
  void OnClosed(const absl::Status& status) override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  UnaryCall(std::shared_ptr<Core> core, grpc::CallbackServerContext* context,
            UnaryExchange exchange)
      : CallReactor(core->calls(), core->meter(), context, std::nullopt),
        core_(std::move(core)),
        exchange_(std::move(exchange)),
        held_(core_->held()) {}

  // Enters the call and sends the request, or ends the call with what is wrong with it.
  void Open() ABSL_LOCKS_EXCLUDED(mu_);
  // The call ends with this status, unless S2's answer is whole by now.
  void GiveUp(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);
  // Makes the response of the whole answer, or the error that the answer is.
  absl::Status Answer();

  const std::shared_ptr<Core> core_;
  UnaryExchange exchange_;

  // Touched by events of the stream alone, of which there is one at a time.
  http2::Response response_;
  http2::Slices body_;
  server::Holding held_;  // counts body_

  // Null before Open and after OnClosed.
  std::shared_ptr<http2::Stream> stream_ ABSL_GUARDED_BY(mu_);
  std::optional<absl::Status> given_up_ ABSL_GUARDED_BY(mu_);  // what GiveUp said first
  std::unique_ptr<Timer> timer_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_CALLS_UNARY_CALL_H_
