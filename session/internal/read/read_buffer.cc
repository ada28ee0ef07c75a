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
  if (skipped && frame->runs.empty()) {
    ReadRun& gap = frame->runs.emplace_back();
    gap.seq_nums = {skipped->end, skipped->end};
    if (frame->tail) *gap.result.batch.mutable_tail() = *frame->tail;
  }
  received_.caught_up = false;
  for (ReadRun& run : frame->runs) {
    if (&run != frame->runs.data()) {
      skipped = SeqNumRange{*received_.next_seq_num, run.seq_nums.begin};
    }
    run.result.skipped = skipped;
    Advance(received_, run);
    Add(std::move(run));
  }
  received_.next_seq_num = next_seq_num;
  if (frame->tail) {
    received_.caught_up = next_seq_num == frame->tail->seq_num();
    received_.tail = frame->tail;
  }
  if (frame->runs.empty() || frame->tail) Settle();
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

void ReadBuffer::Add(ReadRun&& run) {
  ReadResult& result = run.result;
  if (!result.batch.records().empty()) {
    held_bytes_ += run.held_bytes;
    runs_.push_back(std::move(run));
    return;
  }
  if (result.skipped && (runs_.empty() || !runs_.back().result.batch.records().empty())) {
    runs_.push_back(std::move(run));
  } else if (result.skipped) {
    // The commands left out between the two are part of what was skipped.
    ReadResult& last = runs_.back().result;
    last.skipped->end = result.skipped->end;
    last.batch = std::move(result.batch);
  }
  Settle();
}

void ReadBuffer::Settle() {
  if (runs_.empty()) {
    taken_ = received_;
  } else {
    runs_.back().after = std::make_unique<ReadProgress>(received_);
  }
}

}  // namespace s2::internal
