// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CLIENT_INTERNAL_GRPC_CONNECTION_H_
#define S2_CLIENT_INTERNAL_GRPC_CONNECTION_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "s2/client/connection.h"
#include "s2/client/internal/call_target.h"
#include "s2/client/internal/stub_pool.h"
#include "s2/client/internal/unary_call.h"
#include "s2/session/internal/transport.h"

namespace s2::internal {

// The operations on generated stubs. Unary ones are in operation_table.cc.
class GrpcConnection : public Connection {
 public:
  // The pools, which may be one: `account` for what is about basins, `basin` for streams and
  // records. The options are valid.
  GrpcConnection(std::shared_ptr<StubPool> account, std::shared_ptr<StubPool> basin,
                 TokenCarriage carriage, const ClientOptions& options);
  ~GrpcConnection() override;

  absl::StatusOr<AppendSession> OpenAppendSession(const AppendSessionParams& params) override;
  absl::StatusOr<ReadSession> OpenReadSession(const ReadSessionParams& params) override;

 protected:
  absl::Status CallUnary(const UnaryCall& call, google::protobuf::Message& response) override;

 private:
  std::shared_ptr<Transport> MakeTransport(CallTarget target) const;

  const UnaryEnvironment environment_;
  // For sessions that are opened without options of their own.
  const AppendSessionOptions append_session_;
  const ReadSessionOptions read_session_;
};

}  // namespace s2::internal

#endif  // S2_CLIENT_INTERNAL_GRPC_CONNECTION_H_
