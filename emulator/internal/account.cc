// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/emulator/internal/account.h"

#include <utility>

#include "s2/emulator/internal/account_helpers.h"
#include "s2/emulator/internal/config_resolve.h"
#include "s2/emulator/internal/wall_clock.h"

namespace s2::emulator {

Account::Account(std::shared_ptr<Clock> clock, std::shared_ptr<Memory> memory,
                 absl::Duration deletion_hold)
    : clock_(std::move(clock)), memory_(std::move(memory)), deletion_hold_(deletion_hold) {}

Account::~Account() = default;

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
