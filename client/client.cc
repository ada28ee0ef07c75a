// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/client.h"

#include <optional>
#include <utility>

#include "s2/retry/error.h"

namespace s2 {
namespace {

template <typename Request>
CallParams<Request> Params(std::string basin, Request request, const CallOptions& options) {
  CallParams<Request> params;
  params.basin = std::move(basin);
  params.request = std::move(request);
  params.options = options;
  return params;
}

absl::Status IgnoreIf(bool ignore, ErrorCode code, absl::Status status) {
  if (ignore && GetErrorCode(status) == code) return absl::OkStatus();
  return status;
}

// All pages of a list. `fetch` takes a request to a page, `items` and `name` take it apart.
template <typename Request, typename Item, typename Fetch, typename Items, typename Name>
absl::StatusOr<std::vector<Item>> ListAll(absl::string_view prefix, bool include_deleted,
                                          Fetch fetch, Items items, Name name) {
  std::vector<Item> all;
  Request request;
  request.set_prefix(std::string(prefix));
  while (true) {
    auto page = fetch(request);
    if (!page.ok()) return page.status();
    auto* list = items(*page);
    if (!list->empty()) request.set_start_after(name(*list->rbegin()));
    const bool more = page->has_more() && !list->empty();
    for (Item& item : *list) {
      if (include_deleted || !item.has_deleted_at()) all.push_back(std::move(item));
    }
    if (!more) return all;
  }
}

}  // namespace

Stream::Stream(std::shared_ptr<Connection> connection, std::string basin, std::string stream)
    : connection_(std::move(connection)), basin_(std::move(basin)), stream_(std::move(stream)) {}

Stream Stream::WithEncryptionKey(std::string key) const {
  Stream stream = *this;
  stream.encryption_key_ = std::move(key);
  return stream;
}

absl::StatusOr<v1::StreamPosition> Stream::CheckTail(const CallOptions& options) const {
  return connection_->CheckTail({basin_, stream_, "", {}, options});
}

absl::StatusOr<v1::AppendAck> Stream::Append(v1::AppendInput input,
                                             const CallOptions& options) const {
  return connection_->Append({basin_, stream_, encryption_key_, std::move(input), options});
}

absl::StatusOr<v1::ReadBatch> Stream::Read(const rpc::v1::ReadRequest& request,
                                           const CallOptions& options) const {
  return connection_->Read({basin_, stream_, encryption_key_, request, options});
}

absl::StatusOr<AppendSession> Stream::OpenAppendSession() const {
  return connection_->OpenAppendSession({basin_, stream_, encryption_key_, std::nullopt});
}

absl::StatusOr<AppendSession> Stream::OpenAppendSession(const AppendSessionOptions& options) const {
  return connection_->OpenAppendSession({basin_, stream_, encryption_key_, options});
}

absl::StatusOr<ReadSession> Stream::OpenReadSession(const rpc::v1::ReadRequest& request) const {
  return connection_->OpenReadSession({basin_, stream_, encryption_key_, request, std::nullopt});
}

absl::StatusOr<ReadSession> Stream::OpenReadSession(const rpc::v1::ReadRequest& request,
                                                    const ReadSessionOptions& options) const {
  return connection_->OpenReadSession({basin_, stream_, encryption_key_, request, options});
}

Basin::Basin(std::shared_ptr<Connection> connection, std::string basin)
    : connection_(std::move(connection)), basin_(std::move(basin)) {}

s2::Stream Basin::Stream(std::string name) const {
  return s2::Stream(connection_, basin_, std::move(name));
}

absl::StatusOr<rpc::v1::CreateStreamResponse> Basin::CreateStream(
    absl::string_view name, const rpc::v1::StreamConfig& config, const CallOptions& options) const {
  rpc::v1::CreateStreamRequest request;
  request.set_stream(std::string(name));
  *request.mutable_config() = config;
  return CreateStream(request, options);
}

absl::StatusOr<rpc::v1::CreateStreamResponse> Basin::CreateStream(
    const rpc::v1::CreateStreamRequest& request, const CallOptions& options) const {
  return connection_->CreateStream(Params(basin_, request, options));
}

absl::StatusOr<rpc::v1::EnsureStreamResponse> Basin::EnsureStream(
    absl::string_view name, const rpc::v1::StreamConfig& config, const CallOptions& options) const {
  rpc::v1::EnsureStreamRequest request;
  request.set_stream(std::string(name));
  *request.mutable_config() = config;
  return connection_->EnsureStream(Params(basin_, std::move(request), options));
}

absl::StatusOr<rpc::v1::ListStreamsResponse> Basin::ListStreams(
    const rpc::v1::ListStreamsRequest& request, const CallOptions& options) const {
  return connection_->ListStreams(Params(basin_, request, options));
}

absl::StatusOr<std::vector<rpc::v1::StreamInfo>> Basin::ListAllStreams(
    absl::string_view prefix, bool include_deleted, const CallOptions& options) const {
  return ListAll<rpc::v1::ListStreamsRequest, rpc::v1::StreamInfo>(
      prefix, include_deleted,
      [&](const rpc::v1::ListStreamsRequest& request) { return ListStreams(request, options); },
      [](rpc::v1::ListStreamsResponse& page) { return page.mutable_streams(); },
      [](const rpc::v1::StreamInfo& stream) { return stream.name(); });
}

absl::StatusOr<rpc::v1::StreamConfig> Basin::GetStreamConfig(absl::string_view name,
                                                             const CallOptions& options) const {
  rpc::v1::GetStreamConfigRequest request;
  request.set_stream(std::string(name));
  return connection_->GetStreamConfig(Params(basin_, std::move(request), options));
}

absl::StatusOr<rpc::v1::StreamConfig> Basin::ReconfigureStream(
    const rpc::v1::ReconfigureStreamRequest& request, const CallOptions& options) const {
  return connection_->ReconfigureStream(Params(basin_, request, options));
}

absl::Status Basin::DeleteStream(absl::string_view name, bool ignore_not_found,
                                 const CallOptions& options) const {
  rpc::v1::DeleteStreamRequest request;
  request.set_stream(std::string(name));
  return IgnoreIf(ignore_not_found, ErrorCode::kStreamNotFound,
                  connection_->DeleteStream(Params(basin_, std::move(request), options)));
}

Client::Client(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}

s2::Basin Client::Basin(std::string name) const { return s2::Basin(connection_, std::move(name)); }

absl::StatusOr<rpc::v1::CreateBasinResponse> Client::CreateBasin(absl::string_view name,
                                                                 const rpc::v1::BasinConfig& config,
                                                                 const CallOptions& options) const {
  rpc::v1::CreateBasinRequest request;
  request.set_basin(std::string(name));
  *request.mutable_config() = config;
  return CreateBasin(request, options);
}

absl::StatusOr<rpc::v1::CreateBasinResponse> Client::CreateBasin(
    const rpc::v1::CreateBasinRequest& request, const CallOptions& options) const {
  return connection_->CreateBasin(Params("", request, options));
}

absl::StatusOr<rpc::v1::EnsureBasinResponse> Client::EnsureBasin(absl::string_view name,
                                                                 const rpc::v1::BasinConfig& config,
                                                                 const CallOptions& options) const {
  rpc::v1::EnsureBasinRequest request;
  request.set_basin(std::string(name));
  *request.mutable_config() = config;
  return connection_->EnsureBasin(Params("", std::move(request), options));
}

absl::StatusOr<rpc::v1::ListBasinsResponse> Client::ListBasins(
    const rpc::v1::ListBasinsRequest& request, const CallOptions& options) const {
  return connection_->ListBasins(Params("", request, options));
}

absl::StatusOr<std::vector<rpc::v1::BasinInfo>> Client::ListAllBasins(
    absl::string_view prefix, bool include_deleted, const CallOptions& options) const {
  return ListAll<rpc::v1::ListBasinsRequest, rpc::v1::BasinInfo>(
      prefix, include_deleted,
      [&](const rpc::v1::ListBasinsRequest& request) { return ListBasins(request, options); },
      [](rpc::v1::ListBasinsResponse& page) { return page.mutable_basins(); },
      [](const rpc::v1::BasinInfo& basin) { return basin.name(); });
}

absl::StatusOr<rpc::v1::BasinConfig> Client::GetBasinConfig(absl::string_view name,
                                                            const CallOptions& options) const {
  rpc::v1::GetBasinConfigRequest request;
  request.set_basin(std::string(name));
  return connection_->GetBasinConfig(Params("", std::move(request), options));
}

absl::StatusOr<rpc::v1::BasinConfig> Client::ReconfigureBasin(
    const rpc::v1::ReconfigureBasinRequest& request, const CallOptions& options) const {
  return connection_->ReconfigureBasin(Params("", request, options));
}

absl::Status Client::DeleteBasin(absl::string_view name, bool ignore_not_found,
                                 const CallOptions& options) const {
  rpc::v1::DeleteBasinRequest request;
  request.set_basin(std::string(name));
  return IgnoreIf(ignore_not_found, ErrorCode::kBasinNotFound,
                  connection_->DeleteBasin(Params("", std::move(request), options)));
}

}  // namespace s2
