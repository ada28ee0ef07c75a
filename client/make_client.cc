// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/make_client.h"

#include <grpcpp/channel.h>

#include <utility>

#include "s2/client/internal/grpc_connection.h"
#include "s2/client/internal/stub_pool.h"
#include "s2/client/make_client_from_stubs.h"
#include "s2/retry/error.h"
#include "s2/retry/internal/forked.h"

namespace s2 {

absl::StatusOr<Client> MakeClient(std::shared_ptr<grpc::Channel> channel, ClientOptions options) {
  if (absl::Status s = internal::BeginUse(); !s.ok()) return s;
  if (channel == nullptr) return MakeError(ErrorCode::kInvalid, "channel is null");
  return MakeClient(internal::MakeStubs(std::move(channel)), std::move(options));
}

absl::StatusOr<Client> MakeClient(Stubs stubs, ClientOptions options) {
  if (absl::Status s = internal::BeginUse(); !s.ok()) return s;
  if (absl::Status s = Validate(options); !s.ok()) return s;
  auto pool = internal::StubPool::Of(std::move(stubs));
  return Client(std::make_shared<internal::GrpcConnection>(
      pool, pool, internal::TokenCarriage::kCallCredentials, options));
}

}  // namespace s2
