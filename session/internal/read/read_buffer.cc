// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/read/read_buffer.h"

#include <utility>

namespace s2::internal {

ReadBuffer::ReadBuffer(std::optional<uint64_t> next_seq_num) {
  taken_.next_seq_num = received_.next_seq_num = next_seq_num;
}

void ReadBuffer::Push(ReadFrame* frame, std::optional<SeqNumRange> skipped,
                      std::optional<uint64_t> next_seq_num) {
  const bool heartbeat = frame->runs.empty();
  received_.caught_up = false;
  for (ReadRun& run : frame->runs) {
    if (&run != frame->runs.data()) {
      skipped = SeqNumRange{*received_.next_seq_num, run.seq_nums.begin};
    }
    if (skipped) {
      skipped_ = SeqNumRange{skipped_ ? skipped_->begin : skipped->begin, skipped->end};
    }
    Advance(received_, run);
    if (run.result.batch.records().empty()) {
      Settle();
    } else {
      held_bytes_ += run.held_bytes;
      run.result.skipped = std::exchange(skipped_, std::nullopt);
      runs_.push_back(std::move(run));
    }
  }
  received_.next_seq_num = next_seq_num;
  if (frame->tail) {
    received_.caught_up = heartbeat || next_seq_num == frame->tail->seq_num();
    received_.tail = frame->tail;
  }
  if (heartbeat || frame->tail) Settle();
}

void ReadBuffer::FallBehind() {
  received_.caught_up = false;
  Settle();
}

ReadResult ReadBuffer::Take() {
  ReadRun& run = runs_.front();
  held_bytes_ -= run.held_bytes;
  if (run.after == nullptr) {
    Advance(taken_, run);
  } else {
    taken_ = *std::move(run.after);
  }
  ReadResult result = std::move(run.result);
  runs_.pop_front();
  return result;
}

void ReadBuffer::Clear() {
  runs_.clear();
  held_bytes_ = 0;
  received_ = taken_;
}

void ReadBuffer::Advance(ReadProgress& progress, const ReadRun& run) {
  progress.records += run.records();
  progress.bytes += run.bytes;
  progress.next_seq_num = run.seq_nums.end;
  progress.caught_up = false;
}

void ReadBuffer::Settle() {
  if (runs_.empty()) {
    taken_ = received_;
  } else {
    runs_.back().after = std::make_unique<ReadProgress>(received_);
  }
}

}  // namespace s2::internal
