// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EMULATOR_INTERNAL_ACCOUNT_H_
#define S2_EMULATOR_INTERNAL_ACCOUNT_H_

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/emulator/internal/stream.h"
#include "s2/retry/clock.h"
#include "s2/rpc/v1/account.pb.h"
#include "s2/rpc/v1/basin.pb.h"

namespace s2::emulator {

// What a call wants of a stream. A basin has a flag for each that says whether such a call creates
// a stream that is missing.
enum class Access { kAppend, kRead };

// All basins and their streams: the control plane. A basin or stream is deleted in two steps, as in
// S2: first it is marked, and calls that name it fail and say so; when `deletion_hold` is over, the
// name is free again. Thread safe. Held by std::shared_ptr.
class Account : public std::enable_shared_from_this<Account> {
 public:
  Account(std::shared_ptr<Clock> clock, std::shared_ptr<Memory> memory,
          absl::Duration deletion_hold);
  ~Account();

  // Do what a request of AccountService or, for the basin that the call names, of BasinService asks
  // for.
  absl::StatusOr<rpc::v1::CreateBasinResponse> Do(const rpc::v1::CreateBasinRequest& request)
      ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<rpc::v1::EnsureBasinResponse> Do(const rpc::v1::EnsureBasinRequest& request)
      ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<rpc::v1::ListBasinsResponse> Do(const rpc::v1::ListBasinsRequest& request)
      ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<rpc::v1::BasinConfig> Do(const rpc::v1::GetBasinConfigRequest& request)
      ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<rpc::v1::BasinConfig> Do(const rpc::v1::ReconfigureBasinRequest& request)
      ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<rpc::v1::DeleteBasinResponse> Do(const rpc::v1::DeleteBasinRequest& request)
      ABSL_LOCKS_EXCLUDED(mu_);

  absl::StatusOr<rpc::v1::CreateStreamResponse> Do(const std::string& basin,
                                                   const rpc::v1::CreateStreamRequest& request)
      ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<rpc::v1::EnsureStreamResponse> Do(const std::string& basin,
                                                   const rpc::v1::EnsureStreamRequest& request)
      ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<rpc::v1::ListStreamsResponse> Do(const std::string& basin,
                                                  const rpc::v1::ListStreamsRequest& request)
      ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<rpc::v1::StreamConfig> Do(const std::string& basin,
                                           const rpc::v1::GetStreamConfigRequest& request)
      ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<rpc::v1::StreamConfig> Do(const std::string& basin,
                                           const rpc::v1::ReconfigureStreamRequest& request)
      ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<rpc::v1::DeleteStreamResponse> Do(const std::string& basin,
                                                   const rpc::v1::DeleteStreamRequest& request)
      ABSL_LOCKS_EXCLUDED(mu_);

  // The stream of this name; if it is missing and its basin allows that, it is created with
  // `config`. `has_key`: the call came with an encryption key, which an encrypted stream wants.
  absl::StatusOr<std::shared_ptr<Stream>> OpenStream(const std::string& basin,
                                                     const std::string& stream, Access access,
                                                     const rpc::v1::StreamConfig& config,
                                                     bool has_key) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  // One life of a stream, from its creation until its name is free again.
  struct StreamEntry {
    std::shared_ptr<Stream> stream;
    absl::Time created_at;
    absl::Time deleted_at = absl::InfiniteFuture();
    std::optional<std::string> creation_key;  // the request's that created it, if it had a token
    std::optional<std::string> cipher;
    std::unique_ptr<Timer> timer;  // its purge, or its next check for deletion on empty
    bool deleting() const { return deleted_at != absl::InfiniteFuture(); }
  };
  using Streams = std::map<std::string, StreamEntry>;

  struct Basin {
    rpc::v1::BasinConfig config;  // normalized
    absl::Time created_at;
    absl::Time deleted_at = absl::InfiniteFuture();
    std::optional<std::string> creation_key;
    Streams streams;
    std::unique_ptr<Timer> timer;  // its purge
    bool deleting() const { return deleted_at != absl::InfiniteFuture(); }
  };

  // Errors: kBasinNotFound.
  absl::StatusOr<Basin*> FindBasinLocked(const std::string& basin)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Errors: kBasinNotFound, kBasinDeletionPending.
  absl::StatusOr<Basin*> FindLiveBasinLocked(const std::string& basin)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Errors: kStreamNotFound, also for an unknown basin.
  absl::StatusOr<StreamEntry*> FindStreamLocked(const std::string& basin, const std::string& stream)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Errors: those of FindStreamLocked, kStreamDeletionPending.
  absl::StatusOr<StreamEntry*> FindLiveStreamLocked(const std::string& basin,
                                                    const std::string& stream)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  Basin& AddBasinLocked(const std::string& name, const rpc::v1::BasinConfig& config)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  StreamEntry& AddStreamLocked(const std::string& basin_name, Basin& basin, const std::string& name,
                               const rpc::v1::StreamConfig& config)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  // Arms the check of a stream that is to delete itself when empty.
  void WatchEmptyLocked(const std::string& basin, const std::string& name, StreamEntry& entry)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void CheckEmpty(const std::string& basin, const std::string& name, const Stream* stream)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Marks a stream and arms its purge; the caller deletes the result, which is null when it was
  // marked before.
  std::shared_ptr<Stream> MarkDeletedLocked(const std::string& basin, const std::string& name,
                                            StreamEntry& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void PurgeStream(const std::string& basin, const std::string& name, const Stream* stream)
      ABSL_LOCKS_EXCLUDED(mu_);
  void PurgeBasin(const std::string& basin, absl::Time deleted_at) ABSL_LOCKS_EXCLUDED(mu_);

  const std::shared_ptr<Clock> clock_;
  const std::shared_ptr<Memory> memory_;
  const absl::Duration deletion_hold_;

  absl::Mutex mu_;
  std::map<std::string, Basin> basins_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::emulator

#endif  // S2_EMULATOR_INTERNAL_ACCOUNT_H_
