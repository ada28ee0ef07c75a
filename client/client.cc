// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/client.h"

#include <utility>

#include "s2/retry/error.h"

namespace s2 {
namespace {

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

absl::StatusOr<rpc::v1::EnsureStreamResponse> Basin::EnsureStream(
    absl::string_view name, const rpc::v1::StreamConfig& config, const CallOptions& options) const {
  rpc::v1::EnsureStreamRequest request;
  request.set_stream(std::string(name));
  *request.mutable_config() = config;
  return Call<rpc::v1::EnsureStreamResponse>(request, options);
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
  return Call<rpc::v1::StreamConfig>(request, options);
}

absl::Status Basin::DeleteStream(absl::string_view name, bool ignore_not_found,
                                 const CallOptions& options) const {
  rpc::v1::DeleteStreamRequest request;
  request.set_stream(std::string(name));
  return IgnoreIf(ignore_not_found, ErrorCode::kStreamNotFound,
                  Call<rpc::v1::DeleteStreamResponse>(request, options).status());
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

absl::StatusOr<rpc::v1::EnsureBasinResponse> Client::EnsureBasin(absl::string_view name,
                                                                 const rpc::v1::BasinConfig& config,
                                                                 const CallOptions& options) const {
  rpc::v1::EnsureBasinRequest request;
  request.set_basin(std::string(name));
  *request.mutable_config() = config;
  return Call<rpc::v1::EnsureBasinResponse>(request, options);
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
  return Call<rpc::v1::BasinConfig>(request, options);
}

absl::Status Client::DeleteBasin(absl::string_view name, bool ignore_not_found,
                                 const CallOptions& options) const {
  rpc::v1::DeleteBasinRequest request;
  request.set_basin(std::string(name));
  return IgnoreIf(ignore_not_found, ErrorCode::kBasinNotFound,
                  Call<rpc::v1::DeleteBasinResponse>(request, options).status());
}

}  // namespace s2
