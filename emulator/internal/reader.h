// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EMULATOR_INTERNAL_READER_H_
#define S2_EMULATOR_INTERNAL_READER_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "s2/emulator/internal/stream_log.h"
#include "s2/rpc/v1/stream.pb.h"

namespace s2::emulator {

// What a reader does next.
struct ReadStep {
  enum class Kind {
    kBatch,      // send `batch`, with `tail` if set
    kHeartbeat,  // it has caught up: send `tail`, without records
    kIdle,       // there is nothing to send; at `deadline` its wait is over. It stands at `tail`
    kEnd,        // it has met its limits
  };
  Kind kind = Kind::kEnd;
  EncodedBatch batch;
  std::optional<v1::StreamPosition> tail;
  absl::Time deadline = absl::InfiniteFuture();
};

// One read of a stream, by a unary call or a session: where it stands in the log and what it may
// still take. Not thread safe: its call guards it, and calls it with the stream's mutex held.
class Reader {
 public:
  enum class Mode { kUnary, kSession };

  // Finds where the valid `request` starts. Errors: kReadUnwritten, with the tail, when nothing is
  // written there yet.
  static absl::StatusOr<Reader> Open(const rpc::v1::ReadRequest& request, Mode mode,
                                     const StreamLog& log);

  // What to do at `now`. The reader moves on: what is in a batch counts as delivered.
  ReadStep Next(const StreamLog& log, absl::Time now);

 private:
  Reader(const rpc::v1::ReadRequest& request, Mode mode);

  absl::Status Start(const rpc::v1::ReadRequest& request, const StreamLog& log);
  ReadStep Deliver(EncodedBatch batch, absl::Time now);
  bool exhausted() const { return limit_.count == 0 || limit_.bytes == 0; }

  ReadLimit limit_;                     // what it may still take
  std::optional<absl::Duration> wait_;  // for the next record; unset: for ever
  bool may_follow_;                     // it waits for records at the tail
  absl::Time wait_deadline_ = absl::InfiniteFuture();
  bool wait_armed_ = false;   // wait_deadline_ is set
  bool following_ = false;    // it has caught up, and takes appends as they come
  bool ended_ = false;        // a limit was met
  uint64_t target_ = 0;       // where catching up ends: the tail when it was last looked at
  StreamLog::Cursor cursor_;  // cursor_.seq_num: the next record
};

}  // namespace s2::emulator

#endif  // S2_EMULATOR_INTERNAL_READER_H_
