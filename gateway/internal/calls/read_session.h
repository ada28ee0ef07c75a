// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_CALLS_READ_SESSION_H_
#define S2_GATEWAY_INTERNAL_CALLS_READ_SESSION_H_

#include <memory>
#include <utility>

#include "s2/gateway/internal/calls/session.h"

namespace s2::gateway {

// The gateway's half of one ReadSession call. However slow its client, it holds what fits in the
// window of its stream (2 MiB and some), and the one message that gRPC is taking.
class ReadSession final
    : public Session<
          server::WriteReactor<grpc::ServerWriteReactor<grpc::ByteBuffer>, grpc::ByteBuffer>> {
 public:
  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(std::shared_ptr<Core> core,
                                                           grpc::CallbackServerContext* context,
                                                           absl::StatusOr<http2::Request> request);

  void Drain() override { End(server::DrainingError(0)); }

 private:
  ReadSession(std::shared_ptr<Core> core, grpc::CallbackServerContext* context)
      : Session(std::move(core), context, server::SessionKind::kRead) {}

  // With too much held, this message is the last.
  void OnFrameLocked() override ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (const absl::Status s = core_->held()->Check(); !s.ok()) EndLocked(s);
  }
  absl::Status VerdictLocked(const absl::Status& status) override
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return WithReconnect(status, 0);
  }
};

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_CALLS_READ_SESSION_H_
