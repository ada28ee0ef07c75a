// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_EXACTLY_ONCE_SETTLEMENT_H_
#define S2_SESSION_INTERNAL_EXACTLY_ONCE_SETTLEMENT_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "s2/session/read_session.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// Compares what is read back from a stream with the batches that may be in it, one after the other,
// each at its pin (match_seq_num): bodies and headers, never timestamps, which the server rewrites.
// It judges the batches that the read was asked about and no others. Pure; not thread safe.
class Settlement {
 public:
  enum class Verdict {
    kMore,        // more must be read
    kOurs,        // it is there: ack() says where
    kForeign,     // something else is at its pin: it is not there and never will be
    kPartly,      // its first records are there, or some that are like them
    kUnreadable,  // its positions were taken, but what by cannot be read
    kAbsent,      // the stream ends at its pin: it is not there yet
    kReplaced,    // the stream ends before its pin, which was there once
    kNotAsked,    // the read was not asked about it: it takes a settlement of its own
  };

  // `asked`: where the batches stand that the read is to tell about. `expected`: the position that
  // the stream's next record would have got, if the server has said so. `owned`: positions that
  // nobody but us can have written.
  Settlement(SeqNumRange asked, std::optional<uint64_t> expected, SeqNumRange owned)
      : asked_(asked), tail_(expected), owned_(owned) {}

  // These records were read.
  void Add(v1::ReadBatch&& batch);
  // These were to be read, and are trimmed: up to the stream's end at most that is known, as the
  // read may have looked further.
  void Skip(const SeqNumRange& range);

  // The read has ended: at its limit or the tail, or with an error.
  void End(const absl::Status& status);

  // What became of this batch, by what was read so far. Batches come with ascending pins.
  Verdict Judge(const v1::AppendInput& batch);

  // After kOurs: the batch's ack. A timestamp that could not be read is 0.
  v1::AppendAck ack() const { return ack_; }

  // Why a batch pinned to `pin` cannot be acked, for a person; empty for verdicts that leave it
  // open.
  std::string Describe(Verdict verdict, uint64_t pin) const;

 private:
  Verdict JudgeMissing(uint64_t begin, uint64_t end) const;

  const SeqNumRange asked_;
  std::optional<uint64_t> tail_;  // the stream's end, as far as it is known
  const SeqNumRange owned_;
  bool ended_ = false;
  absl::Status end_;                 // how the read has ended; OK while it has not
  std::optional<uint64_t> read_to_;  // behind the last record that was read or is trimmed
  // What was read, from the pin of the batch that was judged last.
  std::deque<v1::SequencedRecord> records_;
  v1::AppendAck ack_;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_EXACTLY_ONCE_SETTLEMENT_H_
