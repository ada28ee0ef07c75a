// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/read_buffer.h"

#include <utility>

namespace s2::internal {

ReadBuffer::ReadBuffer(std::optional<uint64_t> next_seq_num) {
  taken_.next_seq_num = received_.next_seq_num = next_seq_num;
}

void ReadBuffer::Push(ReadFrame&& frame, std::optional<SeqNumRange> skipped,
                      std::optional<uint64_t> next_seq_num) {
  received_.caught_up = false;
  for (ReadRun& run : frame.runs) {
    if (&run != &frame.runs.front()) {
      skipped = SeqNumRange{*received_.next_seq_num, run.seq_nums.begin};
    }
    if (skipped) {
      skipped_ = SeqNumRange{skipped_ ? skipped_->begin : skipped->begin, skipped->end};
    }
    received_.records += run.records;
    received_.bytes += run.bytes;
    received_.next_seq_num = run.seq_nums.end;
    if (run.batch.records().empty()) {
      Settle();
      continue;
    }
    held_bytes_ += run.held_bytes;
    Item& item = items_.emplace_back();
    item.result.batch = std::move(run.batch);
    item.result.skipped = std::exchange(skipped_, std::nullopt);
    item.held_bytes = run.held_bytes;
    item.after = received_;
  }
  received_.next_seq_num = next_seq_num;
  if (frame.tail) {
    received_.caught_up = frame.runs.empty() || next_seq_num == frame.tail->seq_num();
    received_.tail = std::move(frame.tail);
  }
  Settle();
}

void ReadBuffer::FallBehind() {
  received_.caught_up = false;
  Settle();
}

ReadResult ReadBuffer::Take() {
  Item& item = items_.front();
  ReadResult result = std::move(item.result);
  held_bytes_ -= item.held_bytes;
  taken_ = std::move(item.after);
  items_.pop_front();
  return result;
}

void ReadBuffer::Clear() {
  items_.clear();
  held_bytes_ = 0;
  received_ = taken_;
}

void ReadBuffer::Settle() { (items_.empty() ? taken_ : items_.back().after) = received_; }

}  // namespace s2::internal
