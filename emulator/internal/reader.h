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
    kHeartbeat,  // it has caught up: send `tail`
    kIdle,       // nothing before `deadline`, when its wait is over; `tail` is where it is
    kEnd,        // it has met its limits
  };
  Kind kind = Kind::kEnd;
  EncodedBatch batch;
  std::optional<v1::StreamPosition> tail;
  absl::Time deadline = absl::InfiniteFuture();
};

// One read of a stream, unary or session: where it is and what it may still take. Not thread safe:
// the stream's mutex guards it while it touches the log.
class Reader {
 public:
  enum class Mode { kUnary, kSession };

  // Resolves the start. kReadUnwritten, with the tail, when it is not yet written. `request` is
  // validated.
  static absl::StatusOr<Reader> Open(const rpc::v1::ReadRequest& request, Mode mode,
                                     const StreamLog& log);

  // The next step at `now`. A batch counts as delivered.
  ReadStep Next(const StreamLog& log, absl::Time now);

 private:
  Reader(const rpc::v1::ReadRequest& request, Mode mode);

  absl::Status Start(const rpc::v1::ReadRequest& request, const StreamLog& log);
  ReadStep Deliver(EncodedBatch batch, absl::Time now);
  bool exhausted() const { return limit_.count == 0 || limit_.bytes == 0; }

  ReadLimit limit_;                     // what is left
  std::optional<absl::Duration> wait_;  // unset: for ever
  bool may_follow_;
  absl::Time wait_deadline_ = absl::InfiniteFuture();
  bool wait_armed_ = false;
  bool following_ = false;
  bool ended_ = false;        // a limit cut the last batch
  uint64_t target_ = 0;       // catching up ends here: the tail as last seen
  StreamLog::Cursor cursor_;  // cursor_.seq_num: the next record
};

}  // namespace s2::emulator

#endif  // S2_EMULATOR_INTERNAL_READER_H_
