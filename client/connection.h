// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CLIENT_CONNECTION_H_
#define S2_CLIENT_CONNECTION_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
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

// The operations behind Client, Basin and Stream, as a test would mock them. An implementation
// validates what it is given, retries, and is thread safe.
class Connection {
 public:
  virtual ~Connection() = default;

  virtual absl::StatusOr<rpc::v1::ListBasinsResponse> ListBasins(
      const CallParams<rpc::v1::ListBasinsRequest>& params) = 0;
  virtual absl::StatusOr<rpc::v1::CreateBasinResponse> CreateBasin(
      const CallParams<rpc::v1::CreateBasinRequest>& params) = 0;
  virtual absl::StatusOr<rpc::v1::EnsureBasinResponse> EnsureBasin(
      const CallParams<rpc::v1::EnsureBasinRequest>& params) = 0;
  virtual absl::StatusOr<rpc::v1::BasinConfig> GetBasinConfig(
      const CallParams<rpc::v1::GetBasinConfigRequest>& params) = 0;
  virtual absl::StatusOr<rpc::v1::BasinConfig> ReconfigureBasin(
      const CallParams<rpc::v1::ReconfigureBasinRequest>& params) = 0;
  virtual absl::Status DeleteBasin(const CallParams<rpc::v1::DeleteBasinRequest>& params) = 0;

  virtual absl::StatusOr<rpc::v1::ListStreamsResponse> ListStreams(
      const CallParams<rpc::v1::ListStreamsRequest>& params) = 0;
  virtual absl::StatusOr<rpc::v1::CreateStreamResponse> CreateStream(
      const CallParams<rpc::v1::CreateStreamRequest>& params) = 0;
  virtual absl::StatusOr<rpc::v1::EnsureStreamResponse> EnsureStream(
      const CallParams<rpc::v1::EnsureStreamRequest>& params) = 0;
  virtual absl::StatusOr<rpc::v1::StreamConfig> GetStreamConfig(
      const CallParams<rpc::v1::GetStreamConfigRequest>& params) = 0;
  virtual absl::StatusOr<rpc::v1::StreamConfig> ReconfigureStream(
      const CallParams<rpc::v1::ReconfigureStreamRequest>& params) = 0;
  virtual absl::Status DeleteStream(const CallParams<rpc::v1::DeleteStreamRequest>& params) = 0;

  virtual absl::StatusOr<v1::StreamPosition> CheckTail(
      const CallParams<rpc::v1::CheckTailRequest>& params) = 0;
  virtual absl::StatusOr<v1::AppendAck> Append(const CallParams<v1::AppendInput>& params) = 0;
  virtual absl::StatusOr<v1::ReadBatch> Read(const CallParams<rpc::v1::ReadRequest>& params) = 0;
  virtual absl::StatusOr<AppendSession> OpenAppendSession(const AppendSessionParams& params) = 0;
  virtual absl::StatusOr<ReadSession> OpenReadSession(const ReadSessionParams& params) = 0;
};

}  // namespace s2

#endif  // S2_CLIENT_CONNECTION_H_
