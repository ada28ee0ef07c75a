// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CLIENT_INTERNAL_GRPC_CONNECTION_H_
#define S2_CLIENT_INTERNAL_GRPC_CONNECTION_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "s2/client/connection.h"
#include "s2/client/internal/call_target.h"
#include "s2/client/internal/stub_pool.h"
#include "s2/client/internal/unary_call.h"

namespace s2::internal {

// The operations on generated stubs.
class GrpcConnection : public Connection {
 public:
  // The pools, which may be one: `account` for what is about basins, `basin` for streams and
  // records. The options are valid.
  GrpcConnection(std::shared_ptr<StubPool> account, std::shared_ptr<StubPool> basin,
                 TokenCarriage carriage, const ClientOptions& options);

  absl::StatusOr<rpc::v1::ListBasinsResponse> ListBasins(
      const CallParams<rpc::v1::ListBasinsRequest>& params) override;
  absl::StatusOr<rpc::v1::CreateBasinResponse> CreateBasin(
      const CallParams<rpc::v1::CreateBasinRequest>& params) override;
  absl::StatusOr<rpc::v1::EnsureBasinResponse> EnsureBasin(
      const CallParams<rpc::v1::EnsureBasinRequest>& params) override;
  absl::StatusOr<rpc::v1::BasinConfig> GetBasinConfig(
      const CallParams<rpc::v1::GetBasinConfigRequest>& params) override;
  absl::StatusOr<rpc::v1::BasinConfig> ReconfigureBasin(
      const CallParams<rpc::v1::ReconfigureBasinRequest>& params) override;
  absl::Status DeleteBasin(const CallParams<rpc::v1::DeleteBasinRequest>& params) override;

  absl::StatusOr<rpc::v1::ListStreamsResponse> ListStreams(
      const CallParams<rpc::v1::ListStreamsRequest>& params) override;
  absl::StatusOr<rpc::v1::CreateStreamResponse> CreateStream(
      const CallParams<rpc::v1::CreateStreamRequest>& params) override;
  absl::StatusOr<rpc::v1::EnsureStreamResponse> EnsureStream(
      const CallParams<rpc::v1::EnsureStreamRequest>& params) override;
  absl::StatusOr<rpc::v1::StreamConfig> GetStreamConfig(
      const CallParams<rpc::v1::GetStreamConfigRequest>& params) override;
  absl::StatusOr<rpc::v1::StreamConfig> ReconfigureStream(
      const CallParams<rpc::v1::ReconfigureStreamRequest>& params) override;
  absl::Status DeleteStream(const CallParams<rpc::v1::DeleteStreamRequest>& params) override;

  absl::StatusOr<v1::StreamPosition> CheckTail(
      const CallParams<rpc::v1::CheckTailRequest>& params) override;
  absl::StatusOr<v1::AppendAck> Append(const CallParams<v1::AppendInput>& params) override;
  absl::StatusOr<v1::ReadBatch> Read(const CallParams<rpc::v1::ReadRequest>& params) override;
  absl::StatusOr<AppendSession> OpenAppendSession(const AppendSessionParams& params) override;
  absl::StatusOr<ReadSession> OpenReadSession(const ReadSessionParams& params) override;

 private:
  // `verb` is done to the basin, or the stream, that the request names.
  template <typename Request, typename Response>
  absl::StatusOr<Response> OnNamedBasin(absl::string_view verb, const Request& request,
                                        const CallOptions& options,
                                        UnaryMethod<rpc::v1::AccountService, Request, Response>,
                                        ErrorCode if_done = ErrorCode::kNone);
  template <typename Request, typename Response>
  absl::StatusOr<Response> OnNamedStream(absl::string_view verb, const std::string& basin,
                                         const Request& request, const CallOptions& options,
                                         UnaryMethod<rpc::v1::BasinService, Request, Response>,
                                         ErrorCode if_done = ErrorCode::kNone);
  std::shared_ptr<Transport> MakeTransport(CallTarget target) const;

  const UnaryEnvironment environment_;
  const absl::Duration request_timeout_;
  const AppendRetryPolicy append_policy_;
  const AppendSessionOptions append_session_;
  const ReadSessionOptions read_session_;
  const std::shared_ptr<StubPool> account_;
  const std::shared_ptr<StubPool> basin_;
};

}  // namespace s2::internal

#endif  // S2_CLIENT_INTERNAL_GRPC_CONNECTION_H_
