// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_CALLS_UNARY_CALL_H_
#define S2_GATEWAY_INTERNAL_CALLS_UNARY_CALL_H_

#include <grpcpp/support/server_callback.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/gateway/internal/calls/core.h"
#include "s2/gateway/internal/http2/http2.h"
#include "s2/gateway/internal/http2/slices.h"
#include "s2/retry/clock.h"
#include "s2/server/internal/calls.h"
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

// A unary call under way. It sends its request once, and ends when its stream to S2 ends. Reactions
// of gRPC, events of the stream, the timer and the end of the gateway come on any thread. It owns
// itself until OnDone, when gRPC is done with it; its stream keeps it until OnClosed.
class UnaryCall : public grpc::ServerUnaryReactor,
                  public http2::StreamEvents,
                  public server::Call,
                  public std::enable_shared_from_this<UnaryCall> {
 public:
  static grpc::ServerUnaryReactor* Start(std::shared_ptr<Core> core, UnaryExchange exchange);

  void OnCancel() override;
  void OnDone() override;

  void OnResponse(http2::Response response) override { response_ = std::move(response); }
  void OnData(const uint8_t* data, size_t size) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnDrained() override {}
  void OnClosed(const absl::Status& status) override ABSL_LOCKS_EXCLUDED(mu_);

  // A gateway that drains lets the call go on: its timeout ends it soon enough.
  void Drain() override {}
  void Kill() override;

 private:
  UnaryCall(std::shared_ptr<Core> core, UnaryExchange exchange)
      : core_(std::move(core)), exchange_(std::move(exchange)), held_(core_->held()) {}

  // Sends the request, or ends the call if the core does not take it or its request is an error.
  void Open() ABSL_LOCKS_EXCLUDED(mu_);
  // Gives the call up: it ends with this status, unless the answer is whole by now.
  void Cut(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);
  void End(const absl::Status& status);
  // Makes the response of the whole answer, or the error that the answer is.
  absl::Status Answer();

  const std::shared_ptr<Core> core_;
  UnaryExchange exchange_;
  std::shared_ptr<UnaryCall> self_;  // until OnDone
  std::optional<uint64_t> id_;       // the core's number for the call; set by Open

  // Touched by events of the stream alone, of which there is one at a time.
  http2::Response response_;
  http2::Slices body_;
  server::Holding held_;  // counts body_

  absl::Mutex mu_;
  std::shared_ptr<http2::Stream> stream_
      ABSL_GUARDED_BY(mu_);                               // null before Open and after OnClosed
  std::optional<absl::Status> cut_ ABSL_GUARDED_BY(mu_);  // why the call was given up
  std::unique_ptr<Timer> timer_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_CALLS_UNARY_CALL_H_
