// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CLIENT_INTERNAL_GRPC_TRANSPORT_H_
#define S2_CLIENT_INTERNAL_GRPC_TRANSPORT_H_

#include <memory>
#include <utility>

#include "s2/client/internal/access_token.h"
#include "s2/client/internal/call_target.h"
#include "s2/client/internal/stub_pool.h"
#include "s2/session/executor.h"
#include "s2/session/internal/transport.h"

namespace s2::internal {

// Opens the sessions of one stream on generated stubs. Each call takes the token anew: a provider
// is called on `background`, so that neither a reaction nor the caller nor users' callbacks wait
// for it. A call keeps its channel until it is done.
class GrpcTransport : public Transport {
 public:
  GrpcTransport(std::shared_ptr<StubPool> pool, std::shared_ptr<const AccessToken> token,
                CallTarget target, std::shared_ptr<Executor> background)
      : pool_(std::move(pool)),
        token_(std::move(token)),
        target_(std::move(target)),
        background_(std::move(background)) {}

  std::shared_ptr<AppendCall> Append(std::shared_ptr<CallEvents> events) override;
  std::shared_ptr<ReadCall> Read(const rpc::v1::ReadRequest& request,
                                 std::shared_ptr<CallEvents> events) override;

 private:
  // `Call` is GrpcAppendCall or GrpcReadCall.
  template <typename Call>
  void Begin(std::shared_ptr<Call> call);

  const std::shared_ptr<StubPool> pool_;
  const std::shared_ptr<const AccessToken> token_;
  const CallTarget target_;
  const std::shared_ptr<Executor> background_;
};

}  // namespace s2::internal

#endif  // S2_CLIENT_INTERNAL_GRPC_TRANSPORT_H_
