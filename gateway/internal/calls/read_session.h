// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_CALLS_READ_SESSION_H_
#define S2_GATEWAY_INTERNAL_CALLS_READ_SESSION_H_

#include <memory>

#include "s2/gateway/internal/calls/session.h"

namespace s2::gateway {

// The gateway's side of one ReadSession call. However slow its client, it holds what fits in the
// window of its stream (2 MiB and some), and the one message that gRPC is taking.
class ReadSession final : public Session<grpc::ServerWriteReactor<grpc::ByteBuffer>> {
 public:
  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(std::shared_ptr<Core> core,
                                                           grpc::CallbackServerContext* context,
                                                           absl::StatusOr<http2::Request> request);

  void Drain() override { End(server::DrainingError(0)); }

 private:
  using Session::Session;

  // With too much held, this message is the last.
  void ReceivedLocked() override ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (absl::Status s = core_->held()->Check(); !s.ok()) end_ = s;
  }
  absl::Status VerdictLocked(const absl::Status& status) override
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return WithReconnect(status, 0);
  }
};

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_CALLS_READ_SESSION_H_
