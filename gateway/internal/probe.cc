// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/probe.h"

#include <grpcpp/client_context.h>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "s2/retry/error.h"
#include "s2/retry/grpc_status.h"
#include "s2/rpc/v1/account.grpc.pb.h"

namespace s2::gateway {

bool Answers(const std::shared_ptr<grpc::Channel>& gateway) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(1)));
  rpc::v1::ListBasinsRequest request;
  request.set_limit(1);
  rpc::v1::ListBasinsResponse response;
  const absl::Status status =
      FromGrpc(rpc::v1::AccountService::NewStub(gateway)->ListBasins(&context, request, &response));
  // A refusal is an answer too: without a token there is nothing else. That the gateway itself is
  // at a limit is no news of S2.
  const int http_status = static_cast<int>(GetErrorInfo(status).http_status());
  return status.ok() || (http_status >= 400 && http_status < 500) ||
         GetErrorCode(status) == ErrorCode::kRateLimited;
}

}  // namespace s2::gateway
