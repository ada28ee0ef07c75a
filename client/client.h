// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CLIENT_CLIENT_H_
#define S2_CLIENT_CLIENT_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "s2/client/connection.h"
#include "s2/client/options.h"
#include "s2/rpc/v1/account.pb.h"
#include "s2/rpc/v1/basin.pb.h"
#include "s2/rpc/v1/stream.pb.h"
#include "s2/v1/s2.pb.h"

// The client: Client -> Basin -> Stream. All three are cheap values that share one connection; copy
// them freely, use them from any thread. Unary calls block, retry what may pass, and give up at the
// call's deadline or when the retry budget is spent; an error names operation, basin, stream,
// attempts and elapsed time, and answers IsRetryable, HasNoSideEffects and GetErrorInfo
// (retry/error.h). Bad input is refused before anything is sent, with kInvalid, naming field, value
// and limit. In a child that a process forked after its first use of the library, all is refused
// with FAILED_PRECONDITION, at once (docs/fork.md).
namespace s2 {

// One stream.
class Stream {
 public:
  Stream(std::shared_ptr<Connection> connection, std::string basin, std::string stream);

  const std::string& basin() const { return basin_; }
  const std::string& name() const { return stream_; }

  // The same stream, read and written with this encryption key: base64 of 32 bytes.
  Stream WithEncryptionKey(std::string key) const;

  // The position behind the last durable record.
  absl::StatusOr<v1::StreamPosition> CheckTail(const CallOptions& options = {}) const {
    auto response = Call<rpc::v1::CheckTailResponse>(rpc::v1::CheckTailRequest(), options);
    if (!response.ok()) return response.status();
    return response->tail();
  }

  // Appends one batch and waits until it is durable. For more than a few, open a session.
  absl::StatusOr<v1::AppendAck> Append(const v1::AppendInput& input,
                                       const CallOptions& options = {}) const {
    return Call<v1::AppendAck>(input, options);
  }

  // Reads at most 1000 records and 1 MiB. A request without a start begins at the tail. One that
  // begins there, and does not wait, is kReadUnwritten (OUT_OF_RANGE), clamped or not.
  absl::StatusOr<v1::ReadBatch> Read(const rpc::v1::ReadRequest& request,
                                     const CallOptions& options = {}) const {
    return Call<v1::ReadBatch>(request, options);
  }

  // Begins an append session, with these options or else with ClientOptions.append_session. Returns
  // at once; if the server refuses it, its first ticket says so.
  absl::StatusOr<AppendSession> OpenAppendSession() const {
    return connection_->OpenAppendSession({basin_, stream_, encryption_key_, std::nullopt});
  }
  absl::StatusOr<AppendSession> OpenAppendSession(const AppendSessionOptions& options) const {
    return connection_->OpenAppendSession({basin_, stream_, encryption_key_, options});
  }

  // Begins a read session, with these options or else with ClientOptions.read_session. Returns at
  // once; if the server refuses it, its first Next says so. A request without a start begins at the
  // tail.
  absl::StatusOr<ReadSession> OpenReadSession(const rpc::v1::ReadRequest& request) const {
    return connection_->OpenReadSession({basin_, stream_, encryption_key_, request, std::nullopt});
  }
  absl::StatusOr<ReadSession> OpenReadSession(const rpc::v1::ReadRequest& request,
                                              const ReadSessionOptions& options) const {
    return connection_->OpenReadSession({basin_, stream_, encryption_key_, request, options});
  }

 private:
  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(const Request& request, const CallOptions& options) const {
    return connection_->Call<Response>({basin_, stream_, encryption_key_, request, options});
  }

  std::shared_ptr<Connection> connection_;
  std::string basin_;
  std::string stream_;
  std::string encryption_key_;
};

// One basin.
class Basin {
 public:
  Basin(std::shared_ptr<Connection> connection, std::string basin);

  const std::string& name() const { return basin_; }

  // A handle; nothing is sent.
  s2::Stream Stream(std::string name) const;

  // Creates a stream; one that exists is kResourceAlreadyExists. A retry of ours is told from
  // somebody else's by a request token that is made for the call unless the request has one.
  absl::StatusOr<rpc::v1::CreateStreamResponse> CreateStream(
      absl::string_view name, const rpc::v1::StreamConfig& config = {},
      const CallOptions& options = {}) const;
  absl::StatusOr<rpc::v1::CreateStreamResponse> CreateStream(
      const rpc::v1::CreateStreamRequest& request, const CallOptions& options = {}) const {
    return Call<rpc::v1::CreateStreamResponse>(request, options);
  }

  // Makes a stream exist with this configuration; what is unset goes to its default.
  absl::StatusOr<rpc::v1::EnsureStreamResponse> EnsureStream(
      absl::string_view name, const rpc::v1::StreamConfig& config = {},
      const CallOptions& options = {}) const;

  // One page of streams.
  absl::StatusOr<rpc::v1::ListStreamsResponse> ListStreams(
      const rpc::v1::ListStreamsRequest& request = {}, const CallOptions& options = {}) const {
    return Call<rpc::v1::ListStreamsResponse>(request, options);
  }
  // All pages; without those being deleted unless asked for.
  absl::StatusOr<std::vector<rpc::v1::StreamInfo>> ListAllStreams(
      absl::string_view prefix = "", bool include_deleted = false,
      const CallOptions& options = {}) const;

  // The configuration, every field resolved.
  absl::StatusOr<rpc::v1::StreamConfig> GetStreamConfig(absl::string_view name,
                                                        const CallOptions& options = {}) const;

  // Changes what the request's update_mask names; answers with the whole configuration.
  absl::StatusOr<rpc::v1::StreamConfig> ReconfigureStream(
      const rpc::v1::ReconfigureStreamRequest& request, const CallOptions& options = {}) const {
    return Call<rpc::v1::StreamConfig>(request, options);
  }

  // Begins deleting a stream. A missing one is kStreamNotFound, or OK if that shall be ignored.
  absl::Status DeleteStream(absl::string_view name, bool ignore_not_found = false,
                            const CallOptions& options = {}) const;

 private:
  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(const Request& request, const CallOptions& options) const {
    return connection_->Call<Response>({basin_, "", "", request, options});
  }

  std::shared_ptr<Connection> connection_;
  std::string basin_;
};

// An account.
class Client {
 public:
  explicit Client(std::shared_ptr<Connection> connection);

  // A handle; nothing is sent.
  s2::Basin Basin(std::string name) const;

  // The same verbs as Basin has for streams.
  absl::StatusOr<rpc::v1::CreateBasinResponse> CreateBasin(absl::string_view name,
                                                           const rpc::v1::BasinConfig& config = {},
                                                           const CallOptions& options = {}) const;
  absl::StatusOr<rpc::v1::CreateBasinResponse> CreateBasin(
      const rpc::v1::CreateBasinRequest& request, const CallOptions& options = {}) const {
    return Call<rpc::v1::CreateBasinResponse>(request, options);
  }
  absl::StatusOr<rpc::v1::EnsureBasinResponse> EnsureBasin(absl::string_view name,
                                                           const rpc::v1::BasinConfig& config = {},
                                                           const CallOptions& options = {}) const;
  absl::StatusOr<rpc::v1::ListBasinsResponse> ListBasins(
      const rpc::v1::ListBasinsRequest& request = {}, const CallOptions& options = {}) const {
    return Call<rpc::v1::ListBasinsResponse>(request, options);
  }
  absl::StatusOr<std::vector<rpc::v1::BasinInfo>> ListAllBasins(
      absl::string_view prefix = "", bool include_deleted = false,
      const CallOptions& options = {}) const;
  absl::StatusOr<rpc::v1::BasinConfig> GetBasinConfig(absl::string_view name,
                                                      const CallOptions& options = {}) const;
  absl::StatusOr<rpc::v1::BasinConfig> ReconfigureBasin(
      const rpc::v1::ReconfigureBasinRequest& request, const CallOptions& options = {}) const {
    return Call<rpc::v1::BasinConfig>(request, options);
  }
  absl::Status DeleteBasin(absl::string_view name, bool ignore_not_found = false,
                           const CallOptions& options = {}) const;

 private:
  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(const Request& request, const CallOptions& options) const {
    return connection_->Call<Response>({"", "", "", request, options});
  }

  std::shared_ptr<Connection> connection_;
};

}  // namespace s2

#endif  // S2_CLIENT_CLIENT_H_
