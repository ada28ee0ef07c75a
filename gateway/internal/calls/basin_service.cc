// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <string>

#include "absl/strings/str_cat.h"
#include "s2/gateway/internal/calls/query.h"
#include "s2/gateway/internal/calls/services.h"
#include "s2/gateway/internal/calls/target.h"
#include "s2/gateway/internal/calls/unary_calls.h"
#include "s2/gateway/internal/json/requests.h"
#include "s2/record/validate.h"
#include "s2/wire/percent.h"

namespace s2::gateway {
namespace {

// Or what is wrong with the name in it.
using Path = absl::StatusOr<std::string>;

Path StreamPath(const std::string& stream) {
  if (absl::Status s = ValidateStreamName(stream); !s.ok()) return s;
  return absl::StrCat("/streams/", PercentEncode(stream));
}

absl::StatusOr<http2::Request> MakeRequest(const Core& core, const grpc::ServerContextBase& context,
                                           const char* method, const Path& path) {
  if (!path.ok()) return path.status();
  return MakeBasinRequest(core.options(), context, {method, *path});
}

}  // namespace

grpc::ServerUnaryReactor* BasinService::ListStreams(grpc::CallbackServerContext* context,
                                                    const rpc::v1::ListStreamsRequest* request,
                                                    rpc::v1::ListStreamsResponse* response) {
  return CallForJson(
      core_, MakeRequest(*core_, *context, "GET", absl::StrCat("/streams", ListQuery(*request))),
      "", response);
}

grpc::ServerUnaryReactor* BasinService::CreateStream(grpc::CallbackServerContext* context,
                                                     const rpc::v1::CreateStreamRequest* request,
                                                     rpc::v1::CreateStreamResponse* response) {
  return CallForProvision(
      core_,
      WithRequestToken(MakeRequest(*core_, *context, "POST", "/streams"), request->request_token()),
      MakeBody(*request), response);
}

grpc::ServerUnaryReactor* BasinService::EnsureStream(grpc::CallbackServerContext* context,
                                                     const rpc::v1::EnsureStreamRequest* request,
                                                     rpc::v1::EnsureStreamResponse* response) {
  return CallForProvision(core_,
                          MakeRequest(*core_, *context, "PUT", StreamPath(request->stream())),
                          MakeBody(*request), response);
}

grpc::ServerUnaryReactor* BasinService::GetStreamConfig(
    grpc::CallbackServerContext* context, const rpc::v1::GetStreamConfigRequest* request,
    rpc::v1::StreamConfig* response) {
  return CallForJson(core_, MakeRequest(*core_, *context, "GET", StreamPath(request->stream())), "",
                     response);
}

grpc::ServerUnaryReactor* BasinService::ReconfigureStream(
    grpc::CallbackServerContext* context, const rpc::v1::ReconfigureStreamRequest* request,
    rpc::v1::StreamConfig* response) {
  return CallForJson(core_, MakeRequest(*core_, *context, "PATCH", StreamPath(request->stream())),
                     MakeBody(*request), response);
}

grpc::ServerUnaryReactor* BasinService::DeleteStream(grpc::CallbackServerContext* context,
                                                     const rpc::v1::DeleteStreamRequest* request,
                                                     rpc::v1::DeleteStreamResponse*) {
  return CallForStatus(core_,
                       MakeRequest(*core_, *context, "DELETE", StreamPath(request->stream())), 202);
}

}  // namespace s2::gateway
