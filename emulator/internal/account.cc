// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/emulator/internal/account.h"

#include <google/protobuf/message_lite.h>
#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "s2/emulator/internal/config_resolve.h"
#include "s2/emulator/internal/wall_clock.h"
#include "s2/record/validate.h"
#include "s2/retry/error.h"

namespace s2::emulator {
namespace {

constexpr size_t kMaxPage = 1000;

absl::Status Error(ErrorCode code, absl::string_view what, absl::string_view name,
                   absl::string_view rest) {
  return MakeError(code, absl::StrCat(what, " \"", absl::CHexEscape(name), "\" ", rest));
}

// The same error under another of S2's codes.
absl::Status WithCode(ErrorCode code, const absl::Status& status) {
  return status.ok() ? status : MakeError(code, status.message());
}

void SetTime(absl::Time time, google::protobuf::Timestamp& out) {
  const timespec ts = absl::ToTimespec(time);
  out.set_seconds(ts.tv_sec);
  out.set_nanos(static_cast<int32_t>(ts.tv_nsec));
}

// What identifies a creation: a repeat has the same token and asks for the same.
template <typename Config>
std::optional<std::string> CreationKey(const std::string& token, const Config& normalized) {
  if (token.empty()) return std::nullopt;
  return absl::StrCat(token.size(), ":", token, normalized.SerializeAsString());
}

template <typename Entry>
bool IsRepeat(const std::optional<std::string>& key, const Entry& existing) {
  return key.has_value() && existing.creation_key == key;
}

bool SameConfig(const google::protobuf::MessageLite& a, const google::protobuf::MessageLite& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

template <typename Info, typename Entry>
Info MakeInfo(const std::string& name, const Entry& entry) {
  Info info;
  info.set_name(name);
  SetTime(entry.created_at, *info.mutable_created_at());
  if (entry.deleting()) SetTime(entry.deleted_at, *info.mutable_deleted_at());
  return info;
}

template <typename Entry>
rpc::v1::StreamInfo MakeStreamInfo(const std::string& name, const Entry& entry) {
  auto info = MakeInfo<rpc::v1::StreamInfo>(name, entry);
  if (entry.cipher) info.set_cipher(*entry.cipher);
  return info;
}

// Calls `add` for the entries of one page, in order; returns whether there are more.
template <typename Map, typename Request, typename Add>
bool ListPage(const Map& map, const Request& request, Add add) {
  const size_t limit =
      request.limit() == 0 ? kMaxPage : std::min<size_t>(request.limit(), kMaxPage);
  auto it = map.lower_bound(request.prefix());
  if (!request.start_after().empty() && request.start_after() >= request.prefix()) {
    it = map.upper_bound(request.start_after());
  }
  for (size_t n = 0; it != map.end() && absl::StartsWith(it->first, request.prefix()); ++it, ++n) {
    if (n == limit) return true;
    add(it->first, it->second);
  }
  return false;
}

}  // namespace

Account::Account(std::shared_ptr<Clock> clock, std::shared_ptr<Memory> memory,
                 absl::Duration deletion_hold)
    : clock_(std::move(clock)), memory_(std::move(memory)), deletion_hold_(deletion_hold) {}

Account::~Account() = default;

absl::StatusOr<rpc::v1::CreateBasinResponse> Account::Do(
    const rpc::v1::CreateBasinRequest& request) {
  absl::Status valid =
      WithCode(ErrorCode::kBadHeader, ValidateRequestToken(request.request_token()));
  valid.Update(WithCode(ErrorCode::kBadJson, ValidateBasinName(request.basin())));
  valid.Update(ValidateConfig(request.config()));
  if (!valid.ok()) return valid;
  const rpc::v1::BasinConfig config = Normalize(request.config());
  const auto key = CreationKey(request.request_token(), config);

  rpc::v1::CreateBasinResponse response;
  absl::MutexLock lock(&mu_);
  const auto found = basins_.find(request.basin());
  if (found == basins_.end()) {
    Basin& basin = AddBasinLocked(request.basin(), config);
    basin.creation_key = key;
    *response.mutable_info() = MakeInfo<rpc::v1::BasinInfo>(request.basin(), basin);
    response.set_result(rpc::v1::PROVISION_RESULT_CREATED);
    return response;
  }
  if (absl::Status s = FindLiveBasinLocked(request.basin()).status(); !s.ok()) return s;
  if (!IsRepeat(key, found->second)) {
    return Error(ErrorCode::kResourceAlreadyExists, "basin", request.basin(), "exists");
  }
  *response.mutable_info() = MakeInfo<rpc::v1::BasinInfo>(request.basin(), found->second);
  response.set_result(rpc::v1::PROVISION_RESULT_NOOP);
  return response;
}

absl::StatusOr<rpc::v1::EnsureBasinResponse> Account::Do(
    const rpc::v1::EnsureBasinRequest& request) {
  absl::Status valid = WithCode(ErrorCode::kBadPath, ValidateBasinName(request.basin()));
  valid.Update(ValidateConfig(request.config()));
  if (!valid.ok()) return valid;
  const rpc::v1::BasinConfig config = Normalize(request.config());

  rpc::v1::EnsureBasinResponse response;
  absl::MutexLock lock(&mu_);
  auto found = basins_.find(request.basin());
  if (found == basins_.end()) {
    AddBasinLocked(request.basin(), config);
    found = basins_.find(request.basin());
    response.set_result(rpc::v1::PROVISION_RESULT_CREATED);
  } else if (absl::Status s = FindLiveBasinLocked(request.basin()).status(); !s.ok()) {
    return s;
  } else {
    response.set_result(SameConfig(found->second.config, config)
                            ? rpc::v1::PROVISION_RESULT_NOOP
                            : rpc::v1::PROVISION_RESULT_UPDATED);
    found->second.config = config;
  }
  *response.mutable_info() = MakeInfo<rpc::v1::BasinInfo>(request.basin(), found->second);
  return response;
}

absl::StatusOr<rpc::v1::ListBasinsResponse> Account::Do(const rpc::v1::ListBasinsRequest& request) {
  rpc::v1::ListBasinsResponse response;
  absl::MutexLock lock(&mu_);
  response.set_has_more(
      ListPage(basins_, request, [&](const std::string& name, const Basin& basin) {
        *response.add_basins() = MakeInfo<rpc::v1::BasinInfo>(name, basin);
      }));
  return response;
}

absl::StatusOr<rpc::v1::BasinConfig> Account::Do(const rpc::v1::GetBasinConfigRequest& request) {
  absl::Status valid = WithCode(ErrorCode::kBadPath, ValidateBasinName(request.basin()));
  if (!valid.ok()) return valid;
  absl::MutexLock lock(&mu_);
  absl::StatusOr<Basin*> basin = FindBasinLocked(request.basin());
  if (!basin.ok()) return basin.status();
  return (*basin)->config;
}

absl::StatusOr<rpc::v1::BasinConfig> Account::Do(const rpc::v1::ReconfigureBasinRequest& request) {
  absl::Status valid = WithCode(ErrorCode::kBadPath, ValidateBasinName(request.basin()));
  if (!valid.ok()) return valid;
  absl::MutexLock lock(&mu_);
  absl::StatusOr<Basin*> basin = FindLiveBasinLocked(request.basin());
  if (!basin.ok()) return basin.status();
  absl::Status s = Update(request.config(), request.update_mask(), (*basin)->config);
  if (!s.ok()) return s;
  return (*basin)->config;
}

absl::StatusOr<rpc::v1::DeleteBasinResponse> Account::Do(
    const rpc::v1::DeleteBasinRequest& request) {
  absl::Status valid = WithCode(ErrorCode::kBadPath, ValidateBasinName(request.basin()));
  if (!valid.ok()) return valid;
  absl::MutexLock lock(&mu_);
  absl::StatusOr<Basin*> basin = FindBasinLocked(request.basin());
  if (!basin.ok()) return basin.status();
  if ((*basin)->deleting()) return rpc::v1::DeleteBasinResponse();
  (*basin)->deleted_at = WallNow(*clock_);
  (*basin)->timer = clock_->CallAt(
      clock_->Now() + deletion_hold_,
      [self = weak_from_this(), name = request.basin(), deleted_at = (*basin)->deleted_at] {
        if (auto account = self.lock()) account->PurgeBasin(name, deleted_at);
      });
  return rpc::v1::DeleteBasinResponse();
}

absl::StatusOr<rpc::v1::CreateStreamResponse> Account::Do(
    const std::string& basin_name, const rpc::v1::CreateStreamRequest& request) {
  absl::Status valid =
      WithCode(ErrorCode::kBadHeader, ValidateRequestToken(request.request_token()));
  valid.Update(WithCode(ErrorCode::kBadJson, ValidateStreamName(request.stream())));
  valid.Update(ValidateConfig(request.config()));
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

absl::StatusOr<rpc::v1::EnsureStreamResponse> Account::Do(
    const std::string& basin_name, const rpc::v1::EnsureStreamRequest& request) {
  absl::Status valid = WithCode(ErrorCode::kBadPath, ValidateStreamName(request.stream()));
  valid.Update(ValidateConfig(request.config()));
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

absl::StatusOr<rpc::v1::ListStreamsResponse> Account::Do(
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

absl::StatusOr<rpc::v1::StreamConfig> Account::Do(const std::string& basin_name,
                                                  const rpc::v1::GetStreamConfigRequest& request) {
  absl::Status valid = WithCode(ErrorCode::kBadPath, ValidateStreamName(request.stream()));
  if (!valid.ok()) return valid;
  absl::MutexLock lock(&mu_);
  absl::StatusOr<StreamEntry*> entry = FindLiveStreamLocked(basin_name, request.stream());
  if (!entry.ok()) return entry.status();
  return (*entry)->stream->config();
}

absl::StatusOr<rpc::v1::StreamConfig> Account::Do(
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

absl::StatusOr<rpc::v1::DeleteStreamResponse> Account::Do(
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
  if (absl::Status s = ValidateConfig(config); !s.ok()) return s;
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

absl::StatusOr<Account::Basin*> Account::FindBasinLocked(const std::string& basin) {
  const auto found = basins_.find(basin);
  if (found != basins_.end()) return &found->second;
  return Error(ErrorCode::kBasinNotFound, "basin", basin, "does not exist");
}

absl::StatusOr<Account::Basin*> Account::FindLiveBasinLocked(const std::string& basin) {
  absl::StatusOr<Basin*> found = FindBasinLocked(basin);
  if (!found.ok() || !(*found)->deleting()) return found;
  return Error(ErrorCode::kBasinDeletionPending, "basin", basin, "is being deleted");
}

absl::StatusOr<Account::StreamEntry*> Account::FindStreamLocked(const std::string& basin,
                                                                const std::string& stream) {
  const auto in = basins_.find(basin);
  if (in != basins_.end()) {
    const auto found = in->second.streams.find(stream);
    if (found != in->second.streams.end()) return &found->second;
  }
  return Error(ErrorCode::kStreamNotFound, "stream", stream,
               absl::StrCat("does not exist in basin \"", absl::CHexEscape(basin), "\""));
}

absl::StatusOr<Account::StreamEntry*> Account::FindLiveStreamLocked(const std::string& basin,
                                                                    const std::string& stream) {
  absl::StatusOr<StreamEntry*> found = FindStreamLocked(basin, stream);
  if (!found.ok() || !(*found)->deleting()) return found;
  return Error(ErrorCode::kStreamDeletionPending, "stream", stream, "is being deleted");
}

Account::Basin& Account::AddBasinLocked(const std::string& name,
                                        const rpc::v1::BasinConfig& config) {
  Basin& basin = basins_[name];
  basin.config = config;
  basin.created_at = WallNow(*clock_);
  return basin;
}

Account::StreamEntry& Account::AddStreamLocked(const std::string& basin_name, Basin& basin,
                                               const std::string& name,
                                               const rpc::v1::StreamConfig& config) {
  StreamEntry& entry = basin.streams[name];
  entry.stream = std::make_shared<Stream>(clock_, memory_,
                                          Resolve(config, basin.config.default_stream_config()));
  entry.created_at = WallNow(*clock_);
  if (basin.config.has_stream_cipher()) entry.cipher = basin.config.stream_cipher();
  WatchEmptyLocked(basin_name, name, entry);
  return entry;
}

void Account::WatchEmptyLocked(const std::string& basin, const std::string& name,
                               StreamEntry& entry) {
  const absl::Time when = entry.stream->DeleteOnEmptyAt();
  if (when == absl::InfiniteFuture()) {
    entry.timer = nullptr;
    return;
  }
  entry.timer =
      clock_->CallAt(when, [self = weak_from_this(), basin, name, stream = entry.stream.get()] {
        if (auto account = self.lock()) account->CheckEmpty(basin, name, stream);
      });
}

void Account::CheckEmpty(const std::string& basin, const std::string& name, const Stream* stream) {
  std::shared_ptr<Stream> ended;
  {
    absl::MutexLock lock(&mu_);
    absl::StatusOr<StreamEntry*> entry = FindLiveStreamLocked(basin, name);
    if (!entry.ok() || (*entry)->stream.get() != stream) return;
    if ((*entry)->stream->DeleteOnEmptyAt() > clock_->Now()) {
      WatchEmptyLocked(basin, name, **entry);
    } else {
      ended = MarkDeletedLocked(basin, name, **entry);
    }
  }
  if (ended != nullptr) ended->Delete();
}

std::shared_ptr<Stream> Account::MarkDeletedLocked(const std::string& basin,
                                                   const std::string& name, StreamEntry& entry) {
  if (entry.deleting()) return nullptr;
  entry.deleted_at = WallNow(*clock_);
  entry.timer = clock_->CallAt(clock_->Now() + deletion_hold_,
                               [self = weak_from_this(), basin, name, stream = entry.stream.get()] {
                                 if (auto account = self.lock())
                                   account->PurgeStream(basin, name, stream);
                               });
  return entry.stream;
}

void Account::PurgeStream(const std::string& basin, const std::string& name, const Stream* stream) {
  Streams::node_type purged;  // destroyed without the lock
  absl::MutexLock lock(&mu_);
  const auto in = basins_.find(basin);
  if (in == basins_.end()) return;
  const auto found = in->second.streams.find(name);
  if (found == in->second.streams.end() || found->second.stream.get() != stream) return;
  purged = in->second.streams.extract(found);
}

void Account::PurgeBasin(const std::string& basin, absl::Time deleted_at) {
  std::map<std::string, Basin>::node_type purged;  // destroyed without the lock
  {
    absl::MutexLock lock(&mu_);
    const auto found = basins_.find(basin);
    if (found == basins_.end() || found->second.deleted_at != deleted_at) return;
    purged = basins_.extract(found);
  }
  for (auto& [name, entry] : purged.mapped().streams) entry.stream->Delete();
}

}  // namespace s2::emulator
