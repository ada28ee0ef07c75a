// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/gateway/internal/calls/query.h"
#include "s2/gateway/internal/calls/services.h"
#include "s2/gateway/internal/calls/unary_calls.h"
#include "s2/gateway/internal/json/requests.h"
#include "s2/record/validate.h"
#include "s2/server/internal/unary_services.h"
#include "s2/wire/percent.h"

namespace s2::gateway {
namespace {

Path StreamPath(const std::string& stream) {
  if (absl::Status s = ValidateStreamName(stream); !s.ok()) return s;
  return absl::StrCat("/streams/", PercentEncode(stream));
}

// What each request asks of S2's HTTP API, and what comes back.
JsonOperation OperationOf(const rpc::v1::ListStreamsRequest& request) {
  return {{"GET", absl::StrCat("/streams", ListQuery(request))}};
}
ProvisionOperation OperationOf(const rpc::v1::CreateStreamRequest& request) {
  return {{"POST", "/streams", MakeBody(request), request.request_token()}};
}
ProvisionOperation OperationOf(const rpc::v1::EnsureStreamRequest& request) {
  return {{"PUT", StreamPath(request.stream()), MakeBody(request)}};
}
JsonOperation OperationOf(const rpc::v1::GetStreamConfigRequest& request) {
  return {{"GET", StreamPath(request.stream())}};
}
JsonOperation OperationOf(const rpc::v1::ReconfigureStreamRequest& request) {
  return {{"PATCH", StreamPath(request.stream()), MakeBody(request)}};
}
StatusOperation OperationOf(const rpc::v1::DeleteStreamRequest& request) {
  return {{"DELETE", StreamPath(request.stream())}, 202};
}

struct BasinHandler {
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Handle(const char*, grpc::CallbackServerContext* context,
                                   const Request& request, Response* response) const {
    return StartCall({core, context, &MakeBasinRequest}, OperationOf(request), response);
  }

  std::shared_ptr<Core> core;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeBasinService(std::shared_ptr<Core> core) {
  return std::make_unique<server::BasinService<BasinHandler>>(BasinHandler{std::move(core)});
}

}  // namespace s2::gateway
