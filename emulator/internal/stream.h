// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EMULATOR_INTERNAL_STREAM_H_
#define S2_EMULATOR_INTERNAL_STREAM_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/emulator/internal/reader.h"
#include "s2/emulator/internal/stream_log.h"
#include "s2/retry/clock.h"
#include "s2/rpc/v1/config.pb.h"

namespace s2::emulator {

// Waits for something new in a stream. It is told without any lock of the stream held.
class StreamWatcher {
 public:
  virtual ~StreamWatcher() = default;
  virtual void OnStreamChange() = 0;
};

// One life of a stream: from its creation to its deletion. Thread safe.
class Stream {
 public:
  // `config` is resolved.
  Stream(std::shared_ptr<Clock> clock, std::shared_ptr<Memory> memory,
         const rpc::v1::StreamConfig& config);

  // Appends a valid batch if its conditions hold; it is durable and visible at once. `call` is the
  // number of the call that brought it: inputs that AppendLate keeps for other calls are applied
  // first, or behind it.
  absl::StatusOr<v1::AppendAck> Append(const v1::AppendInput& input, uint64_t call)
      ABSL_LOCKS_EXCLUDED(mu_);

  // Keeps an input of a dead call until the next append of another call: it is applied just before
  // or just after it, and nobody is told.
  enum class Late { kBefore, kAfter };
  void AppendLate(const v1::AppendInput& input, uint64_t call, Late late) ABSL_LOCKS_EXCLUDED(mu_);

  absl::StatusOr<v1::StreamPosition> CheckTail() ABSL_LOCKS_EXCLUDED(mu_);

  absl::StatusOr<Reader> OpenReader(const rpc::v1::ReadRequest& request, Reader::Mode mode)
      ABSL_LOCKS_EXCLUDED(mu_);

  // The reader's next step. If that is kIdle, `watcher` is told, once, when there may be another.
  // An error once the stream is deleted and the reader has had what there was.
  absl::StatusOr<ReadStep> Next(Reader& reader, const std::shared_ptr<StreamWatcher>& watcher)
      ABSL_LOCKS_EXCLUDED(mu_);

  // Tells `watcher` when the stream is deleted.
  void WatchDeletion(const std::shared_ptr<StreamWatcher>& watcher) ABSL_LOCKS_EXCLUDED(mu_);
  // Tells `watcher` nothing more of what Next and WatchDeletion promised it, but for a notice that
  // is on its way.
  void Forget(StreamWatcher* watcher) ABSL_LOCKS_EXCLUDED(mu_);

  rpc::v1::StreamConfig config() const ABSL_LOCKS_EXCLUDED(mu_);
  void set_config(const rpc::v1::StreamConfig& config) ABSL_LOCKS_EXCLUDED(mu_);

  // Ends this life: followers are sent the trim command that ends it, then all sessions fail with
  // `unavailable`.
  void Delete() ABSL_LOCKS_EXCLUDED(mu_);
  bool deleted() const ABSL_LOCKS_EXCLUDED(mu_);

  // When the stream, if it stays empty, has been so for so long that it is to be deleted; while it
  // is not empty, when to ask again. InfiniteFuture: its configuration says that it stays.
  absl::Time DeleteOnEmptyAt() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  using Watchers = absl::InlinedVector<std::shared_ptr<StreamWatcher>, 4>;
  struct LateInput {
    v1::AppendInput input;
    uint64_t call;
    Late late;
  };

  absl::StatusOr<v1::AppendAck> AppendLocked(const v1::AppendInput& input)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status CheckConditionsLocked(const v1::AppendInput& input) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void ApplyCommandsLocked(const v1::AppendInput& input, uint64_t first_seq_num)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void AppendLateLocked(const std::vector<LateInput>& inputs, Late late)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  std::vector<LateInput> TakeLateLocked(uint64_t call) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  Watchers TakeIdleLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Duration RetentionLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const std::shared_ptr<Clock> clock_;
  const std::shared_ptr<Memory> memory_;

  mutable absl::Mutex mu_;
  rpc::v1::StreamConfig config_ ABSL_GUARDED_BY(mu_);  // resolved
  StreamLog log_ ABSL_GUARDED_BY(mu_);
  std::string fencing_token_ ABSL_GUARDED_BY(mu_);
  bool deleted_ ABSL_GUARDED_BY(mu_) = false;
  absl::Time last_write_ ABSL_GUARDED_BY(mu_);  // when it was created, before the first
  // There was no write, or the last one trimmed all records, its own included.
  bool trimmed_empty_ ABSL_GUARDED_BY(mu_) = true;
  std::vector<LateInput> late_ ABSL_GUARDED_BY(mu_);  // what AppendLate keeps, in order
  // Readers that wait for the next append; each is told once, and is then no longer here.
  absl::flat_hash_map<StreamWatcher*, std::weak_ptr<StreamWatcher>> idle_ ABSL_GUARDED_BY(mu_);
  // Append sessions, which are told when the stream is deleted.
  absl::flat_hash_map<StreamWatcher*, std::weak_ptr<StreamWatcher>> sessions_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::emulator

#endif  // S2_EMULATOR_INTERNAL_STREAM_H_
