// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/calls/read_session.h"

namespace s2::gateway {

grpc::ServerWriteReactor<grpc::ByteBuffer>* ReadSession::Start(
    std::shared_ptr<Core> core, grpc::CallbackServerContext* context,
    absl::StatusOr<http2::Request> request) {
  const std::shared_ptr<ReadSession> session(new ReadSession(std::move(core), context));
  session->Open(std::move(request));
  return session.get();
}

}  // namespace s2::gateway
