// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_CALLS_SERVICES_H_
#define S2_GATEWAY_INTERNAL_CALLS_SERVICES_H_

#include <grpcpp/support/byte_buffer.h>

#include <memory>
#include <utility>

#include "s2/gateway/internal/calls/core.h"
#include "s2/rpc/v1/account.grpc.pb.h"
#include "s2/rpc/v1/basin.grpc.pb.h"
#include "s2/rpc/v1/stream.grpc.pb.h"

// The services as gRPC calls them. Every server has its own three; they share the core.
namespace s2::gateway {

// Records are raw: they pass through as they are.
using RawStreamService = rpc::v1::StreamService::WithCallbackMethod_CheckTail<
    rpc::v1::StreamService::WithRawCallbackMethod_Append<
        rpc::v1::StreamService::WithRawCallbackMethod_Read<
            rpc::v1::StreamService::WithRawCallbackMethod_AppendSession<
                rpc::v1::StreamService::WithRawCallbackMethod_ReadSession<
                    rpc::v1::StreamService::Service>>>>>;

class StreamService final : public RawStreamService {
 public:
  explicit StreamService(std::shared_ptr<Core> core) : core_(std::move(core)) {}

  grpc::ServerUnaryReactor* CheckTail(grpc::CallbackServerContext* context,
                                      const rpc::v1::CheckTailRequest* request,
                                      rpc::v1::CheckTailResponse* response) override;
  grpc::ServerUnaryReactor* Append(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Read(grpc::CallbackServerContext* context,
                                 const grpc::ByteBuffer* request,
                                 grpc::ByteBuffer* response) override;
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* AppendSession(
      grpc::CallbackServerContext* context) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* ReadSession(grpc::CallbackServerContext* context,
                                                          const grpc::ByteBuffer* request) override;

 private:
  const std::shared_ptr<Core> core_;
};

class BasinService final : public rpc::v1::BasinService::CallbackService {
 public:
  explicit BasinService(std::shared_ptr<Core> core) : core_(std::move(core)) {}

  grpc::ServerUnaryReactor* ListStreams(grpc::CallbackServerContext* context,
                                        const rpc::v1::ListStreamsRequest* request,
                                        rpc::v1::ListStreamsResponse* response) override;
  grpc::ServerUnaryReactor* CreateStream(grpc::CallbackServerContext* context,
                                         const rpc::v1::CreateStreamRequest* request,
                                         rpc::v1::CreateStreamResponse* response) override;
  grpc::ServerUnaryReactor* EnsureStream(grpc::CallbackServerContext* context,
                                         const rpc::v1::EnsureStreamRequest* request,
                                         rpc::v1::EnsureStreamResponse* response) override;
  grpc::ServerUnaryReactor* GetStreamConfig(grpc::CallbackServerContext* context,
                                            const rpc::v1::GetStreamConfigRequest* request,
                                            rpc::v1::StreamConfig* response) override;
  grpc::ServerUnaryReactor* ReconfigureStream(grpc::CallbackServerContext* context,
                                              const rpc::v1::ReconfigureStreamRequest* request,
                                              rpc::v1::StreamConfig* response) override;
  grpc::ServerUnaryReactor* DeleteStream(grpc::CallbackServerContext* context,
                                         const rpc::v1::DeleteStreamRequest* request,
                                         rpc::v1::DeleteStreamResponse* response) override;

 private:
  const std::shared_ptr<Core> core_;
};

class AccountService final : public rpc::v1::AccountService::CallbackService {
 public:
  explicit AccountService(std::shared_ptr<Core> core) : core_(std::move(core)) {}

  grpc::ServerUnaryReactor* ListBasins(grpc::CallbackServerContext* context,
                                       const rpc::v1::ListBasinsRequest* request,
                                       rpc::v1::ListBasinsResponse* response) override;
  grpc::ServerUnaryReactor* CreateBasin(grpc::CallbackServerContext* context,
                                        const rpc::v1::CreateBasinRequest* request,
                                        rpc::v1::CreateBasinResponse* response) override;
  grpc::ServerUnaryReactor* EnsureBasin(grpc::CallbackServerContext* context,
                                        const rpc::v1::EnsureBasinRequest* request,
                                        rpc::v1::EnsureBasinResponse* response) override;
  grpc::ServerUnaryReactor* GetBasinConfig(grpc::CallbackServerContext* context,
                                           const rpc::v1::GetBasinConfigRequest* request,
                                           rpc::v1::BasinConfig* response) override;
  grpc::ServerUnaryReactor* ReconfigureBasin(grpc::CallbackServerContext* context,
                                             const rpc::v1::ReconfigureBasinRequest* request,
                                             rpc::v1::BasinConfig* response) override;
  grpc::ServerUnaryReactor* DeleteBasin(grpc::CallbackServerContext* context,
                                        const rpc::v1::DeleteBasinRequest* request,
                                        rpc::v1::DeleteBasinResponse* response) override;
  grpc::ServerUnaryReactor* ListAccessTokens(grpc::CallbackServerContext* context,
                                             const rpc::v1::ListAccessTokensRequest* request,
                                             rpc::v1::ListAccessTokensResponse* response) override;
  grpc::ServerUnaryReactor* IssueAccessToken(grpc::CallbackServerContext* context,
                                             const rpc::v1::IssueAccessTokenRequest* request,
                                             rpc::v1::IssueAccessTokenResponse* response) override;
  grpc::ServerUnaryReactor* RevokeAccessToken(
      grpc::CallbackServerContext* context, const rpc::v1::RevokeAccessTokenRequest* request,
      rpc::v1::RevokeAccessTokenResponse* response) override;
  grpc::ServerUnaryReactor* ListLocations(grpc::CallbackServerContext* context,
                                          const rpc::v1::ListLocationsRequest* request,
                                          rpc::v1::ListLocationsResponse* response) override;
  grpc::ServerUnaryReactor* GetDefaultLocation(grpc::CallbackServerContext* context,
                                               const rpc::v1::GetDefaultLocationRequest* request,
                                               rpc::v1::LocationInfo* response) override;
  grpc::ServerUnaryReactor* SetDefaultLocation(grpc::CallbackServerContext* context,
                                               const rpc::v1::SetDefaultLocationRequest* request,
                                               rpc::v1::LocationInfo* response) override;
  grpc::ServerUnaryReactor* GetAccountMetrics(grpc::CallbackServerContext* context,
                                              const rpc::v1::GetAccountMetricsRequest* request,
                                              rpc::v1::MetricSet* response) override;
  grpc::ServerUnaryReactor* GetBasinMetrics(grpc::CallbackServerContext* context,
                                            const rpc::v1::GetBasinMetricsRequest* request,
                                            rpc::v1::MetricSet* response) override;
  grpc::ServerUnaryReactor* GetStreamMetrics(grpc::CallbackServerContext* context,
                                             const rpc::v1::GetStreamMetricsRequest* request,
                                             rpc::v1::MetricSet* response) override;

 private:
  const std::shared_ptr<Core> core_;
};

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_CALLS_SERVICES_H_
