// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SIMULATION_STREAM_H_
#define S2_TESTS_SIMULATION_STREAM_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "s2/v1/s2.pb.h"

namespace s2::simulation {

using Input = std::shared_ptr<const v1::AppendInput>;

// A record with its place in the stream.
struct Entry {
  Input input;
  int index;   // of the record in `input`
  int writer;  // whose connection brought it; kForeign: none of the sessions'
  // Its connection is older than the server's last loss: what was before it may be missing.
  bool stray;
  bool gone = false;  // trimmed or expired

  const v1::AppendRecord& record() const { return input->records(index); }
};

inline constexpr int kForeign = -1;

// What becomes of a batch.
struct Verdict {
  absl::Status error;  // OK: it has [start, end)
  uint64_t start = 0;
  uint64_t end = 0;
  uint64_t needs = 0;  // the answer waits until all before this position is durable
};

// One life of a stream, from its creation until it is deleted or lost: what S2 does to batches,
// told as plainly as can be. A batch gets its positions at once, and is durable later; conditions
// are checked against the positions given, the fencing token first.
class Stream {
 public:
  explicit Stream(uint64_t life) : life_(life) {}

  Verdict Append(const Input& input, int writer, bool stray = false);
  // All before `end` is durable; trim commands among it take effect.
  void MakeDurable(uint64_t end);
  // What is not durable was never there.
  void LosePending();
  // Records [begin, end) are gone.
  void Drop(uint64_t begin, uint64_t end);

  uint64_t life() const { return life_; }
  // The position that the next record gets.
  uint64_t next() const { return log_.size(); }
  uint64_t durable() const { return durable_; }
  const Entry& at(uint64_t seq_num) const { return log_[seq_num]; }
  // What the next batch has to carry, if it carries any.
  absl::string_view token() const {
    return fences_.empty() ? absl::string_view() : fences_.back().token;
  }
  // The last of them that its writer did not keep to itself.
  absl::string_view known_token() const;

  // Unlike any other record's in any life, so that it tells where a record came from.
  uint64_t Timestamp(uint64_t seq_num) const { return (life_ + 1) * kLifeTime + seq_num; }
  static uint64_t Life(uint64_t timestamp) { return timestamp / kLifeTime - 1; }

  // The position before which there are `seq_num` records.
  v1::StreamPosition Before(uint64_t seq_num) const;
  v1::AppendAck Ack(uint64_t start, uint64_t end) const;
  v1::SequencedRecord Read(uint64_t seq_num) const;

 private:
  struct Fence {
    uint64_t seq_num;
    std::string token;
  };
  static constexpr uint64_t kLifeTime = 1'000'000;

  const uint64_t life_;
  std::vector<Entry> log_;
  uint64_t durable_ = 0;
  std::vector<Fence> fences_;  // in order
};

}  // namespace s2::simulation

#endif  // S2_TESTS_SIMULATION_STREAM_H_
