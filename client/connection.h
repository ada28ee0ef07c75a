// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CLIENT_CONNECTION_H_
#define S2_CLIENT_CONNECTION_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "s2/client/options.h"
#include "s2/rpc/v1/account.pb.h"
#include "s2/rpc/v1/basin.pb.h"
#include "s2/rpc/v1/stream.pb.h"
#include "s2/session/append_session.h"
#include "s2/session/read_session.h"
#include "s2/v1/s2.pb.h"

namespace s2 {

// What one call is about. `basin` and `stream` are empty where the operation has none or the
// request names it.
template <typename Request>
struct CallParams {
  std::string basin;
  std::string stream;
  std::string encryption_key;  // base64 of 32 bytes; empty: none
  Request request;
  CallOptions options;
};

// What opens an append session.
struct AppendSessionParams {
  std::string basin;
  std::string stream;
  std::string encryption_key;
  // Nothing: as ClientOptions.append_session says.
  std::optional<AppendSessionOptions> options;
};

// What opens a read session.
struct ReadSessionParams {
  std::string basin;
  std::string stream;
  std::string encryption_key;
  rpc::v1::ReadRequest request;
  // Nothing: as ClientOptions.read_session says.
  std::optional<ReadSessionOptions> options;
};

// A call of a unary operation, whatever its types are: each operation has a type of request of its
// own, which says what operation it is.
struct UnaryCall {
  const std::string& basin;
  const std::string& stream;
  const std::string& encryption_key;
  const google::protobuf::Message& request;
  const CallOptions& options;
};

// The operations behind Client, Basin and Stream, as a test would mock them. An implementation
// validates what it is given, retries, and is thread safe. It overrides the operations that it has,
// or CallUnary, which serves all unary ones; what it does not override is UNIMPLEMENTED.
class Connection {
 public:
  virtual ~Connection() = default;

  virtual absl::StatusOr<rpc::v1::ListBasinsResponse> ListBasins(
      const CallParams<rpc::v1::ListBasinsRequest>& params) {
    return Call<rpc::v1::ListBasinsResponse>(params);
  }
  virtual absl::StatusOr<rpc::v1::CreateBasinResponse> CreateBasin(
      const CallParams<rpc::v1::CreateBasinRequest>& params) {
    return Call<rpc::v1::CreateBasinResponse>(params);
  }
  virtual absl::StatusOr<rpc::v1::EnsureBasinResponse> EnsureBasin(
      const CallParams<rpc::v1::EnsureBasinRequest>& params) {
    return Call<rpc::v1::EnsureBasinResponse>(params);
  }
  virtual absl::StatusOr<rpc::v1::BasinConfig> GetBasinConfig(
      const CallParams<rpc::v1::GetBasinConfigRequest>& params) {
    return Call<rpc::v1::BasinConfig>(params);
  }
  virtual absl::StatusOr<rpc::v1::BasinConfig> ReconfigureBasin(
      const CallParams<rpc::v1::ReconfigureBasinRequest>& params) {
    return Call<rpc::v1::BasinConfig>(params);
  }
  virtual absl::Status DeleteBasin(const CallParams<rpc::v1::DeleteBasinRequest>& params) {
    return Call<rpc::v1::DeleteBasinResponse>(params).status();
  }

  virtual absl::StatusOr<rpc::v1::ListStreamsResponse> ListStreams(
      const CallParams<rpc::v1::ListStreamsRequest>& params) {
    return Call<rpc::v1::ListStreamsResponse>(params);
  }
  virtual absl::StatusOr<rpc::v1::CreateStreamResponse> CreateStream(
      const CallParams<rpc::v1::CreateStreamRequest>& params) {
    return Call<rpc::v1::CreateStreamResponse>(params);
  }
  virtual absl::StatusOr<rpc::v1::EnsureStreamResponse> EnsureStream(
      const CallParams<rpc::v1::EnsureStreamRequest>& params) {
    return Call<rpc::v1::EnsureStreamResponse>(params);
  }
  virtual absl::StatusOr<rpc::v1::StreamConfig> GetStreamConfig(
      const CallParams<rpc::v1::GetStreamConfigRequest>& params) {
    return Call<rpc::v1::StreamConfig>(params);
  }
  virtual absl::StatusOr<rpc::v1::StreamConfig> ReconfigureStream(
      const CallParams<rpc::v1::ReconfigureStreamRequest>& params) {
    return Call<rpc::v1::StreamConfig>(params);
  }
  virtual absl::Status DeleteStream(const CallParams<rpc::v1::DeleteStreamRequest>& params) {
    return Call<rpc::v1::DeleteStreamResponse>(params).status();
  }

  virtual absl::StatusOr<v1::StreamPosition> CheckTail(
      const CallParams<rpc::v1::CheckTailRequest>& params) {
    auto response = Call<rpc::v1::CheckTailResponse>(params);
    if (!response.ok()) return response.status();
    return response->tail();
  }
  virtual absl::StatusOr<v1::AppendAck> Append(const CallParams<v1::AppendInput>& params) {
    return Call<v1::AppendAck>(params);
  }
  virtual absl::StatusOr<v1::ReadBatch> Read(const CallParams<rpc::v1::ReadRequest>& params) {
    return Call<v1::ReadBatch>(params);
  }

  virtual absl::StatusOr<AppendSession> OpenAppendSession(const AppendSessionParams& params);
  virtual absl::StatusOr<ReadSession> OpenReadSession(const ReadSessionParams& params);

 protected:
  // A unary operation that is not overridden by its name. OK: `response` is filled in. It is of the
  // type with which the operation's method answers (s2/rpc/v1).
  virtual absl::Status CallUnary(const UnaryCall& call, google::protobuf::Message& response);

 private:
  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(const CallParams<Request>& params) {
    Response response;
    absl::Status status = CallUnary(
        {params.basin, params.stream, params.encryption_key, params.request, params.options},
        response);
    if (!status.ok()) return status;
    return response;
  }
};

}  // namespace s2

#endif  // S2_CLIENT_CONNECTION_H_
