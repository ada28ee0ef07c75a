// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EMULATOR_INTERNAL_STREAM_LOG_H_
#define S2_EMULATOR_INTERNAL_STREAM_LOG_H_

#include <grpc/slice.h>
#include <grpcpp/support/slice.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "s2/emulator/internal/memory.h"
#include "s2/v1/s2.pb.h"

namespace s2::emulator {

// What a read may still take.
struct ReadLimit {
  static constexpr uint64_t kNone = std::numeric_limits<uint64_t>::max();
  uint64_t count = kNone;         // records
  uint64_t bytes = kNone;         // metered
  std::optional<uint64_t> until;  // timestamp, exclusive
};

// Records in the form of a serialised ReadBatch, sharing the log's memory.
struct EncodedBatch {
  absl::InlinedVector<grpc::Slice, 2> slices;
  uint64_t count = 0;
  size_t metered = 0;
  uint64_t next_seq_num = 0;  // valid when count > 0
  bool limited = false;       // the limit refused the record behind the last
};

// The records of one stream, in chunks of encoded records. An append lies in one chunk; small
// appends share chunks, so that a small record costs few bytes beyond its own. Not thread safe: the
// stream's mutex guards it.
class StreamLog {
 public:
  // As S2: a follower more appends behind than this goes back to catching up.
  static constexpr size_t kMaxLag = 25;

  explicit StreamLog(std::shared_ptr<Memory> memory) : memory_(std::move(memory)) {}
  ~StreamLog();
  StreamLog(const StreamLog&) = delete;
  StreamLog& operator=(const StreamLog&) = delete;

  // One past the last record, and that record's timestamp.
  const v1::StreamPosition& tail() const { return tail_; }

  // The first record that is neither trimmed nor expired; the tail when there is none.
  uint64_t first_seq_num() const;

  // The next record's timestamp, given the one before it. Pure: called more than once a record.
  using Timestamps = absl::FunctionRef<uint64_t(const v1::AppendRecord&, uint64_t previous)>;

  // Appends at the tail. `kept_for` may be infinite. False: the cap is reached, and nothing was
  // done.
  bool Append(const v1::AppendInput& input, Timestamps timestamps, absl::Time now,
              absl::Duration kept_for);

  // Hides the records before `seq_num`. The last append stays readable for followers.
  void Trim(uint64_t seq_num);

  // Drops what has outlived its retention, by chunks: up to 1/64 of the retention late.
  void Expire(absl::Time now);

  // The first record with this timestamp or a later one; the tail when there is none.
  uint64_t FindTimestamp(uint64_t timestamp) const;

  // A reader's place, so that reading on takes no search.
  struct Cursor {
    uint64_t seq_num = 0;
    uint64_t chunk = std::numeric_limits<uint64_t>::max();
    size_t offset = 0;
  };

  // Records from cursor.seq_num on and before `end`, at most 1000 and 1 MiB of them, within
  // `limit`; moves the cursor behind them. Nothing but not `limited`: there are none.
  EncodedBatch Scan(Cursor& cursor, uint64_t end, const ReadLimit& limit) const;

  // The one append that begins at cursor.seq_num, cut at `limit`, if it is among the last kMaxLag;
  // `tail` is its end.
  std::optional<EncodedBatch> Live(Cursor& cursor, const ReadLimit& limit,
                                   v1::StreamPosition& tail) const;

 private:
  struct Chunk {
    grpc_slice data;
    size_t used = 0;
    uint64_t first_seq_num = 0;
    uint64_t count = 0;
    size_t metered = 0;
    uint64_t last_timestamp = 0;
    absl::Time opened;   // when its first append came
    absl::Time expires;  // when all of it has
    uint64_t end_seq_num() const { return first_seq_num + count; }
    const uint8_t* begin() const { return GRPC_SLICE_START_PTR(data); }
  };
  // One of the last appends.
  struct Recent {
    uint64_t first_seq_num;
    v1::StreamPosition end;
    uint64_t chunk;
    size_t begin_offset;
    size_t end_offset;
    size_t metered;
  };

  Chunk* Room(size_t bytes, bool anyway, absl::Time now, absl::Duration kept_for);
  Chunk NewChunk(size_t capacity, absl::Time now) const;
  void CloseLast();
  void DropFront();
  bool Seek(Cursor& cursor) const;
  uint64_t end_chunk() const { return first_chunk_ + chunks_.size(); }
  const Chunk& chunk(uint64_t number) const { return chunks_[number - first_chunk_]; }

  const std::shared_ptr<Memory> memory_;
  std::deque<Chunk> chunks_;   // in order; only the last takes appends
  uint64_t first_chunk_ = 0;   // the number of chunks_.front()
  size_t held_ = 0;            // capacity of all chunks
  std::deque<Recent> recent_;  // in order, at most kMaxLag, all within chunks_
  uint64_t trim_point_ = 0;    // records before it are hidden
  uint64_t last_append_ = 0;   // where the last append begins
  v1::StreamPosition tail_;
};

}  // namespace s2::emulator

#endif  // S2_EMULATOR_INTERNAL_STREAM_LOG_H_
