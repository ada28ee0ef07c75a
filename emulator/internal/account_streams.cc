// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/emulator/internal/account.h"
#include "s2/emulator/internal/account_helpers.h"
#include "s2/emulator/internal/config_resolve.h"
#include "s2/record/validate.h"

namespace s2::emulator {

absl::StatusOr<rpc::v1::CreateStreamResponse> Account::CreateStream(
    const std::string& basin_name, const rpc::v1::CreateStreamRequest& request) {
  absl::Status valid =
      WithCode(ErrorCode::kBadHeader, ValidateRequestToken(request.request_token()));
  valid.Update(WithCode(ErrorCode::kBadJson, ValidateStreamName(request.stream())));
  valid.Update(Validate(request.config()));
  if (!valid.ok()) return valid;
  const auto key = CreationKey(request.request_token(), Normalize(request.config()));

  rpc::v1::CreateStreamResponse response;
  absl::MutexLock lock(&mu_);
  absl::StatusOr<Basin*> basin = FindLiveBasinLocked(basin_name);
  if (!basin.ok()) return basin.status();
  const auto found = (*basin)->streams.find(request.stream());
  if (found == (*basin)->streams.end()) {
    StreamEntry& entry = AddStreamLocked(basin_name, **basin, request.stream(), request.config());
    entry.creation_key = key;
    *response.mutable_info() = MakeStreamInfo(request.stream(), entry);
    response.set_result(rpc::v1::PROVISION_RESULT_CREATED);
    return response;
  }
  if (absl::Status s = FindLiveStreamLocked(basin_name, request.stream()).status(); !s.ok())
    return s;
  if (!IsRepeat(key, found->second)) {
    return Error(ErrorCode::kResourceAlreadyExists, "stream", request.stream(), "exists");
  }
  *response.mutable_info() = MakeStreamInfo(request.stream(), found->second);
  response.set_result(rpc::v1::PROVISION_RESULT_NOOP);
  return response;
}

absl::StatusOr<rpc::v1::EnsureStreamResponse> Account::EnsureStream(
    const std::string& basin_name, const rpc::v1::EnsureStreamRequest& request) {
  absl::Status valid = WithCode(ErrorCode::kBadPath, ValidateStreamName(request.stream()));
  valid.Update(Validate(request.config()));
  if (!valid.ok()) return valid;

  rpc::v1::EnsureStreamResponse response;
  absl::MutexLock lock(&mu_);
  absl::StatusOr<Basin*> basin = FindLiveBasinLocked(basin_name);
  if (!basin.ok()) return basin.status();
  const auto found = (*basin)->streams.find(request.stream());
  if (found == (*basin)->streams.end()) {
    StreamEntry& entry = AddStreamLocked(basin_name, **basin, request.stream(), request.config());
    *response.mutable_info() = MakeStreamInfo(request.stream(), entry);
    response.set_result(rpc::v1::PROVISION_RESULT_CREATED);
    return response;
  }
  if (absl::Status s = FindLiveStreamLocked(basin_name, request.stream()).status(); !s.ok())
    return s;
  StreamEntry& entry = found->second;
  const auto config = Resolve(request.config(), (*basin)->config.default_stream_config());
  const bool same = SameConfig(entry.stream->config(), config);
  entry.stream->set_config(config);
  WatchEmptyLocked(basin_name, request.stream(), entry);
  *response.mutable_info() = MakeStreamInfo(request.stream(), entry);
  response.set_result(same ? rpc::v1::PROVISION_RESULT_NOOP : rpc::v1::PROVISION_RESULT_UPDATED);
  return response;
}

absl::StatusOr<rpc::v1::ListStreamsResponse> Account::ListStreams(
    const std::string& basin_name, const rpc::v1::ListStreamsRequest& request) {
  rpc::v1::ListStreamsResponse response;
  absl::MutexLock lock(&mu_);
  absl::StatusOr<Basin*> basin = FindBasinLocked(basin_name);
  if (!basin.ok()) return basin.status();
  response.set_has_more(
      ListPage((*basin)->streams, request, [&](const std::string& name, const StreamEntry& entry) {
        *response.add_streams() = MakeStreamInfo(name, entry);
      }));
  return response;
}

absl::StatusOr<rpc::v1::StreamConfig> Account::GetStreamConfig(
    const std::string& basin_name, const rpc::v1::GetStreamConfigRequest& request) {
  absl::Status valid = WithCode(ErrorCode::kBadPath, ValidateStreamName(request.stream()));
  if (!valid.ok()) return valid;
  absl::MutexLock lock(&mu_);
  absl::StatusOr<StreamEntry*> entry = FindLiveStreamLocked(basin_name, request.stream());
  if (!entry.ok()) return entry.status();
  return (*entry)->stream->config();
}

absl::StatusOr<rpc::v1::StreamConfig> Account::ReconfigureStream(
    const std::string& basin_name, const rpc::v1::ReconfigureStreamRequest& request) {
  absl::Status valid = WithCode(ErrorCode::kBadPath, ValidateStreamName(request.stream()));
  if (!valid.ok()) return valid;
  absl::MutexLock lock(&mu_);
  absl::StatusOr<Basin*> basin = FindLiveBasinLocked(basin_name);
  if (!basin.ok()) return basin.status();
  absl::StatusOr<StreamEntry*> entry = FindLiveStreamLocked(basin_name, request.stream());
  if (!entry.ok()) return entry.status();
  rpc::v1::StreamConfig config = (*entry)->stream->config();
  absl::Status s = Update(request.config(), request.update_mask(), config);
  if (!s.ok()) return s;
  config = Resolve(config, (*basin)->config.default_stream_config());
  (*entry)->stream->set_config(config);
  WatchEmptyLocked(basin_name, request.stream(), **entry);
  return config;
}

absl::StatusOr<rpc::v1::DeleteStreamResponse> Account::DeleteStream(
    const std::string& basin_name, const rpc::v1::DeleteStreamRequest& request) {
  absl::Status valid = WithCode(ErrorCode::kBadPath, ValidateStreamName(request.stream()));
  if (!valid.ok()) return valid;
  std::shared_ptr<Stream> ended;
  {
    absl::MutexLock lock(&mu_);
    absl::StatusOr<StreamEntry*> entry = FindStreamLocked(basin_name, request.stream());
    if (!entry.ok()) return entry.status();
    ended = MarkDeletedLocked(basin_name, request.stream(), **entry);
  }
  if (ended != nullptr) ended->Delete();
  return rpc::v1::DeleteStreamResponse();
}

absl::StatusOr<std::shared_ptr<Stream>> Account::OpenStream(const std::string& basin_name,
                                                            const std::string& stream,
                                                            Access access,
                                                            const rpc::v1::StreamConfig& config,
                                                            bool has_key) {
  if (absl::Status s = Validate(config); !s.ok()) return s;
  absl::MutexLock lock(&mu_);
  absl::StatusOr<StreamEntry*> entry = FindLiveStreamLocked(basin_name, stream);
  if (!entry.ok()) {
    if (GetErrorCode(entry.status()) != ErrorCode::kStreamNotFound) return entry.status();
    absl::StatusOr<Basin*> basin = FindBasinLocked(basin_name);
    if (!basin.ok()) return basin.status();
    const bool create = access == Access::kAppend ? (*basin)->config.create_stream_on_append()
                                                  : (*basin)->config.create_stream_on_read();
    if (!create) return entry.status();
    basin = FindLiveBasinLocked(basin_name);
    if (!basin.ok()) return basin.status();
    entry = &AddStreamLocked(basin_name, **basin, stream, config);
  }
  if ((*entry)->cipher && !has_key) {
    return Error(ErrorCode::kBadHeader, "stream", stream,
                 "is encrypted; the call has no s2-encryption-key");
  }
  return (*entry)->stream;
}

}  // namespace s2::emulator
