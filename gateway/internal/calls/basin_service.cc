// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "s2/gateway/internal/calls/query.h"
#include "s2/gateway/internal/calls/services.h"
#include "s2/gateway/internal/calls/target.h"
#include "s2/gateway/internal/calls/unary_calls.h"
#include "s2/gateway/internal/json/requests.h"
#include "s2/record/validate.h"
#include "s2/rpc/v1/basin.grpc.pb.h"
#include "s2/wire/percent.h"

namespace s2::gateway {
namespace {

// The path and query of a request behind "/v1", or what is wrong with a name in it.
using Path = absl::StatusOr<std::string>;

Path StreamPath(const std::string& stream) {
  if (absl::Status s = ValidateStreamName(stream); !s.ok()) return s;
  return absl::StrCat("/streams/", PercentEncode(stream));
}

// Each method says what it asks of S2's HTTP API, and what comes back.
class BasinService final : public rpc::v1::BasinService::CallbackService {
 public:
  explicit BasinService(std::shared_ptr<Core> core) : core_(std::move(core)) {}

  grpc::ServerUnaryReactor* ListStreams(grpc::CallbackServerContext* context,
                                        const rpc::v1::ListStreamsRequest* request,
                                        rpc::v1::ListStreamsResponse* response) override {
    return CallForJson(core_, ToS2(*context, "GET", absl::StrCat("/streams", ListQuery(*request))),
                       "", response);
  }

  grpc::ServerUnaryReactor* CreateStream(grpc::CallbackServerContext* context,
                                         const rpc::v1::CreateStreamRequest* request,
                                         rpc::v1::CreateStreamResponse* response) override {
    return CallForProvision(
        core_, WithRequestToken(ToS2(*context, "POST", "/streams"), request->request_token()),
        MakeBody(*request), response);
  }

  grpc::ServerUnaryReactor* EnsureStream(grpc::CallbackServerContext* context,
                                         const rpc::v1::EnsureStreamRequest* request,
                                         rpc::v1::EnsureStreamResponse* response) override {
    return CallForProvision(core_, ToS2(*context, "PUT", StreamPath(request->stream())),
                            MakeBody(*request), response);
  }

  grpc::ServerUnaryReactor* GetStreamConfig(grpc::CallbackServerContext* context,
                                            const rpc::v1::GetStreamConfigRequest* request,
                                            rpc::v1::StreamConfig* response) override {
    return CallForJson(core_, ToS2(*context, "GET", StreamPath(request->stream())), "", response);
  }

  grpc::ServerUnaryReactor* ReconfigureStream(grpc::CallbackServerContext* context,
                                              const rpc::v1::ReconfigureStreamRequest* request,
                                              rpc::v1::StreamConfig* response) override {
    return CallForJson(core_, ToS2(*context, "PATCH", StreamPath(request->stream())),
                       MakeBody(*request), response);
  }

  grpc::ServerUnaryReactor* DeleteStream(grpc::CallbackServerContext* context,
                                         const rpc::v1::DeleteStreamRequest* request,
                                         rpc::v1::DeleteStreamResponse*) override {
    return CallForStatus(core_, ToS2(*context, "DELETE", StreamPath(request->stream())), 202);
  }

 private:
  // The request to the basin that the metadata name, or what is wrong with it.
  absl::StatusOr<http2::Request> ToS2(const grpc::CallbackServerContext& context,
                                      const char* method, const Path& path) const {
    if (!path.ok()) return path.status();
    return MakeBasinRequest(core_->options(), context, {method, *path});
  }

  const std::shared_ptr<Core> core_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeBasinService(std::shared_ptr<Core> core) {
  return std::make_unique<BasinService>(std::move(core));
}

}  // namespace s2::gateway
