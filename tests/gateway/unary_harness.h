// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_GATEWAY_UNARY_HARNESS_H_
#define S2_TESTS_GATEWAY_UNARY_HARNESS_H_

#include <google/protobuf/message.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/byte_buffer.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "s2/gateway/internal/calls/core.h"
#include "s2/server/internal/server.h"
#include "s2/testing/manual_clock.h"
#include "s2/tests/gateway/fake_http.h"

namespace s2::gateway {

// A response of "Service.Method" of s2.rpc.v1, in protobuf's text format, as UnaryClientCall has
// it.
std::string NormalResponse(const std::string& method, const std::string& text);

// A unary call by name, its messages in protobuf's text format. For basin "basin-one" and stream
// "a/b".
class UnaryClientCall {
 public:
  UnaryClientCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                  const std::string& request);
  ~UnaryClientCall();

  // The response's text, or the error.
  absl::StatusOr<std::string> Wait() ABSL_LOCKS_EXCLUDED(mu_);
  void Cancel() { context_.TryCancel(); }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<google::protobuf::Message> response_message_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;

  absl::Mutex mu_;
  std::optional<absl::Status> status_ ABSL_GUARDED_BY(mu_);
};

// The gateway's services in process, in front of a fake S2 at https://s2.example.
class UnaryHarness {
 public:
  explicit UnaryHarness(GatewayOptions options = {});
  ~UnaryHarness();

  FakeHttp& http() { return *http_; }
  testing::ManualClock& clock() { return *clock_; }
  Core& core() { return *core_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

  std::unique_ptr<UnaryClientCall> Call(const std::string& method, const std::string& request = "");

 private:
  FakeHttp* const http_;  // the core's
  const std::shared_ptr<testing::ManualClock> clock_ = std::make_shared<testing::ManualClock>();
  const std::shared_ptr<Core> core_;
  server::Server server_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace s2::gateway

#endif  // S2_TESTS_GATEWAY_UNARY_HARNESS_H_
