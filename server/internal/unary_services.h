// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SERVER_INTERNAL_UNARY_SERVICES_H_
#define S2_SERVER_INTERNAL_UNARY_SERVICES_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <utility>

#include "s2/rpc/v1/account.grpc.pb.h"
#include "s2/rpc/v1/basin.grpc.pb.h"

// BasinService and AccountService, whose operations are all unary, as gRPC calls them. Every server
// of ours has them from here, so the signature of an operation stands once. What it does is up to
// the server's `Handler`, which is copied and has
//
//   template <typename Request, typename Response>
//   grpc::ServerUnaryReactor* Handle(const char* name, grpc::CallbackServerContext* context,
//                                    const Request& request, Response* response) const;
//
// and tells the operations apart by the types of their requests: each has its own. `name` is the
// operation's. The request and the response are valid until gRPC is done with the call.
namespace s2::server {

template <typename Handler>
class BasinService final : public rpc::v1::BasinService::CallbackService {
 public:
  explicit BasinService(Handler handler) : handler_(std::move(handler)) {}

  grpc::ServerUnaryReactor* ListStreams(grpc::CallbackServerContext* context,
                                        const rpc::v1::ListStreamsRequest* request,
                                        rpc::v1::ListStreamsResponse* response) override {
    return handler_.Handle("ListStreams", context, *request, response);
  }
  grpc::ServerUnaryReactor* CreateStream(grpc::CallbackServerContext* context,
                                         const rpc::v1::CreateStreamRequest* request,
                                         rpc::v1::CreateStreamResponse* response) override {
    return handler_.Handle("CreateStream", context, *request, response);
  }
  grpc::ServerUnaryReactor* EnsureStream(grpc::CallbackServerContext* context,
                                         const rpc::v1::EnsureStreamRequest* request,
                                         rpc::v1::EnsureStreamResponse* response) override {
    return handler_.Handle("EnsureStream", context, *request, response);
  }
  grpc::ServerUnaryReactor* GetStreamConfig(grpc::CallbackServerContext* context,
                                            const rpc::v1::GetStreamConfigRequest* request,
                                            rpc::v1::StreamConfig* response) override {
    return handler_.Handle("GetStreamConfig", context, *request, response);
  }
  grpc::ServerUnaryReactor* ReconfigureStream(grpc::CallbackServerContext* context,
                                              const rpc::v1::ReconfigureStreamRequest* request,
                                              rpc::v1::StreamConfig* response) override {
    return handler_.Handle("ReconfigureStream", context, *request, response);
  }
  grpc::ServerUnaryReactor* DeleteStream(grpc::CallbackServerContext* context,
                                         const rpc::v1::DeleteStreamRequest* request,
                                         rpc::v1::DeleteStreamResponse* response) override {
    return handler_.Handle("DeleteStream", context, *request, response);
  }

 private:
  const Handler handler_;
};

template <typename Handler>
class AccountService final : public rpc::v1::AccountService::CallbackService {
 public:
  explicit AccountService(Handler handler) : handler_(std::move(handler)) {}

  grpc::ServerUnaryReactor* ListBasins(grpc::CallbackServerContext* context,
                                       const rpc::v1::ListBasinsRequest* request,
                                       rpc::v1::ListBasinsResponse* response) override {
    return handler_.Handle("ListBasins", context, *request, response);
  }
  grpc::ServerUnaryReactor* CreateBasin(grpc::CallbackServerContext* context,
                                        const rpc::v1::CreateBasinRequest* request,
                                        rpc::v1::CreateBasinResponse* response) override {
    return handler_.Handle("CreateBasin", context, *request, response);
  }
  grpc::ServerUnaryReactor* EnsureBasin(grpc::CallbackServerContext* context,
                                        const rpc::v1::EnsureBasinRequest* request,
                                        rpc::v1::EnsureBasinResponse* response) override {
    return handler_.Handle("EnsureBasin", context, *request, response);
  }
  grpc::ServerUnaryReactor* GetBasinConfig(grpc::CallbackServerContext* context,
                                           const rpc::v1::GetBasinConfigRequest* request,
                                           rpc::v1::BasinConfig* response) override {
    return handler_.Handle("GetBasinConfig", context, *request, response);
  }
  grpc::ServerUnaryReactor* ReconfigureBasin(grpc::CallbackServerContext* context,
                                             const rpc::v1::ReconfigureBasinRequest* request,
                                             rpc::v1::BasinConfig* response) override {
    return handler_.Handle("ReconfigureBasin", context, *request, response);
  }
  grpc::ServerUnaryReactor* DeleteBasin(grpc::CallbackServerContext* context,
                                        const rpc::v1::DeleteBasinRequest* request,
                                        rpc::v1::DeleteBasinResponse* response) override {
    return handler_.Handle("DeleteBasin", context, *request, response);
  }
  grpc::ServerUnaryReactor* ListAccessTokens(grpc::CallbackServerContext* context,
                                             const rpc::v1::ListAccessTokensRequest* request,
                                             rpc::v1::ListAccessTokensResponse* response) override {
    return handler_.Handle("ListAccessTokens", context, *request, response);
  }
  grpc::ServerUnaryReactor* IssueAccessToken(grpc::CallbackServerContext* context,
                                             const rpc::v1::IssueAccessTokenRequest* request,
                                             rpc::v1::IssueAccessTokenResponse* response) override {
    return handler_.Handle("IssueAccessToken", context, *request, response);
  }
  grpc::ServerUnaryReactor* RevokeAccessToken(
      grpc::CallbackServerContext* context, const rpc::v1::RevokeAccessTokenRequest* request,
      rpc::v1::RevokeAccessTokenResponse* response) override {
    return handler_.Handle("RevokeAccessToken", context, *request, response);
  }
  grpc::ServerUnaryReactor* ListLocations(grpc::CallbackServerContext* context,
                                          const rpc::v1::ListLocationsRequest* request,
                                          rpc::v1::ListLocationsResponse* response) override {
    return handler_.Handle("ListLocations", context, *request, response);
  }
  grpc::ServerUnaryReactor* GetDefaultLocation(grpc::CallbackServerContext* context,
                                               const rpc::v1::GetDefaultLocationRequest* request,
                                               rpc::v1::LocationInfo* response) override {
    return handler_.Handle("GetDefaultLocation", context, *request, response);
  }
  grpc::ServerUnaryReactor* SetDefaultLocation(grpc::CallbackServerContext* context,
                                               const rpc::v1::SetDefaultLocationRequest* request,
                                               rpc::v1::LocationInfo* response) override {
    return handler_.Handle("SetDefaultLocation", context, *request, response);
  }
  grpc::ServerUnaryReactor* GetAccountMetrics(grpc::CallbackServerContext* context,
                                              const rpc::v1::GetAccountMetricsRequest* request,
                                              rpc::v1::MetricSet* response) override {
    return handler_.Handle("GetAccountMetrics", context, *request, response);
  }
  grpc::ServerUnaryReactor* GetBasinMetrics(grpc::CallbackServerContext* context,
                                            const rpc::v1::GetBasinMetricsRequest* request,
                                            rpc::v1::MetricSet* response) override {
    return handler_.Handle("GetBasinMetrics", context, *request, response);
  }
  grpc::ServerUnaryReactor* GetStreamMetrics(grpc::CallbackServerContext* context,
                                             const rpc::v1::GetStreamMetricsRequest* request,
                                             rpc::v1::MetricSet* response) override {
    return handler_.Handle("GetStreamMetrics", context, *request, response);
  }

 private:
  const Handler handler_;
};

}  // namespace s2::server

#endif  // S2_SERVER_INTERNAL_UNARY_SERVICES_H_
