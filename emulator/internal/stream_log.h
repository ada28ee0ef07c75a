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

// How much a read may still take.
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
  // A follower that is more appends behind than this goes back to catching up, as in S2.
  static constexpr size_t kMaxLag = 25;

  explicit StreamLog(std::shared_ptr<Memory> memory) : memory_(std::move(memory)) {}
  ~StreamLog();
  StreamLog(const StreamLog&) = delete;
  StreamLog& operator=(const StreamLog&) = delete;

  // The position behind the last record, with the timestamp of that record.
  const v1::StreamPosition& tail() const { return tail_; }

  // The first record that is neither trimmed nor expired; the tail when there is none.
  uint64_t first_seq_num() const;

  // Makes the timestamp of a record, given that of the record before it. Called more than once for
  // a record, so it must always say the same.
  using Timestamps = absl::FunctionRef<uint64_t(const v1::AppendRecord&, uint64_t previous)>;

  // Appends at the tail; the records expire after `kept_for`, which may be infinite. False: the cap
  // on memory is reached, and nothing was done.
  bool Append(const v1::AppendInput& input, Timestamps timestamps, absl::Time now,
              absl::Duration kept_for);

  // Hides the records before `seq_num`. The last append stays readable for followers.
  void Trim(uint64_t seq_num);

  // Drops records that have expired. They go in chunks, so that a record may stay for 1/64 of its
  // retention longer.
  void Expire(absl::Time now);

  // The first record with this timestamp or a later one; the tail when there is none.
  uint64_t FindTimestamp(uint64_t timestamp) const;

  // Where a reader stands, so that reading on takes no search.
  struct Cursor {
    uint64_t seq_num = 0;
    uint64_t chunk = std::numeric_limits<uint64_t>::max();
    size_t offset = 0;
  };

  // The records from cursor.seq_num on and before `end`, within `limit`, at most 1000 and 1 MiB of
  // them; moves the cursor behind them. A batch without records is `limited` if there are some.
  EncodedBatch Scan(Cursor& cursor, uint64_t end, const ReadLimit& limit) const;

  // The one append that begins at cursor.seq_num, as far as `limit` goes, if it is among the last
  // kMaxLag appends; `tail` is then its end.
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
    absl::Time expires;  // when the last of its records expires
    uint64_t end_seq_num() const { return first_seq_num + count; }
    const uint8_t* begin() const { return GRPC_SLICE_START_PTR(data); }
  };
  // One of the last appends: where it lies.
  struct Recent {
    uint64_t first_seq_num;
    v1::StreamPosition end;
    uint64_t chunk;
    size_t begin_offset;
    size_t end_offset;
    size_t metered;
  };

  // A chunk with room for so many more bytes, made if need be, even beyond the cap on memory if
  // `anyway`. Null: the cap is reached.
  Chunk* Room(size_t bytes, bool anyway, absl::Time now, absl::Duration kept_for);
  Chunk NewChunk(size_t capacity, absl::Time now) const;
  // No append goes to the last chunk any more: gives back the room that it has left, if it is much.
  void CloseLast();
  void DropFront();
  // Finds the chunk and the offset of cursor.seq_num. False: it is at the tail.
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
