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

// The most that the body of an answer may be, before and after it is decoded.
inline constexpr size_t kMaxAnswerBytes = 8 * 1024 * 1024;

// One request to S2 and one answer.
struct UnaryExchange {
  // Or what is wrong with the call.
  absl::StatusOr<http2::Request> request;
  http2::Slices body;
  // What it may take, all in all.
  absl::Duration timeout;
  // Makes the response of an answer of status 2xx.
  absl::AnyInvocable<absl::Status(const http2::Response&, http2::Slices body)> answer;
};

// A unary call under way: it sends its request once, and ends as its stream ends. Owns itself until
// gRPC is done with it.
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

  // Its timeout is soon enough.
  void Drain() override {}
  void Kill() override;

 private:
  UnaryCall(std::shared_ptr<Core> core, UnaryExchange exchange)
      : core_(std::move(core)), exchange_(std::move(exchange)), held_(core_->held()) {}

  // Enters the core and sends the request, or ends it.
  void Open() ABSL_LOCKS_EXCLUDED(mu_);
  // Gives up, with this status unless the answer is whole by now.
  void Cut(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);
  void End(const absl::Status& status);
  // What the whole answer means.
  absl::Status Answer();

  const std::shared_ptr<Core> core_;
  UnaryExchange exchange_;
  std::shared_ptr<UnaryCall> self_;  // until OnDone
  std::optional<uint64_t> id_;       // set by Open

  // The events' own.
  http2::Response response_;
  http2::Slices body_;
  server::Holding held_;  // body_

  absl::Mutex mu_;
  std::shared_ptr<http2::Stream> stream_ ABSL_GUARDED_BY(mu_);  // once it is open
  std::optional<absl::Status> cut_ ABSL_GUARDED_BY(mu_);        // why it was given up
  std::unique_ptr<Timer> timer_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_CALLS_UNARY_CALL_H_
