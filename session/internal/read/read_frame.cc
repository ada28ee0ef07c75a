// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/read/read_frame.h"

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"

namespace s2::internal {
namespace {

void RemoveCommands(v1::ReadBatch* batch) {
  auto& records = *batch->mutable_records();
  int kept = 0;
  for (int i = 0; i < records.size(); ++i) {
    if (IsCommand(records[i])) continue;
    if (kept != i) records.SwapElements(kept, i);
    ++kept;
  }
  records.DeleteSubrange(kept, records.size() - kept);
}

// The batch is there, and has no gap.
void Describe(bool skip_commands, ReadRun* run) {
  v1::ReadBatch& batch = run->result.batch;
  run->seq_nums.begin = batch.records(0).seq_num();
  run->seq_nums.end = run->seq_nums.begin + batch.records_size();
  run->bytes = run->held_bytes = MeteredBytes(batch);
  if (skip_commands) {
    RemoveCommands(&batch);
    if (static_cast<uint64_t>(batch.records_size()) < run->records()) {
      run->held_bytes = MeteredBytes(batch);
    }
  }
}

}  // namespace

v1::ReadBatch* MakeReady(ReadFrame* frame) {
  frame->runs.resize(1);
  frame->tail.reset();
  return &frame->runs.front().result.batch;
}

absl::Status TakeApart(bool skip_commands, ReadFrame* frame) {
  v1::ReadBatch& batch = frame->runs.front().result.batch;
  if (batch.has_tail()) frame->tail = batch.tail();
  if (batch.records().empty()) {
    frame->runs.clear();
    return absl::OkStatus();
  }

  const uint64_t first = batch.records(0).seq_num();
  uint64_t last = first;
  for (int i = 1; i < batch.records_size(); ++i) {
    const uint64_t seq_num = batch.records(i).seq_num();
    if (seq_num <= last) {
      return MakeError(ErrorCode::kInvalidBatch,
                       absl::StrCat("the server sent record ", seq_num, " behind record ", last));
    }
    last = seq_num;
  }
  if (last == std::numeric_limits<uint64_t>::max()) {
    return MakeError(ErrorCode::kInvalidBatch,
                     absl::StrCat("the server sent record ", last, ", which has no successor"));
  }
  if (last - first + 1 == static_cast<uint64_t>(batch.records_size())) {
    Describe(skip_commands, &frame->runs.front());
    return absl::OkStatus();
  }

  v1::ReadBatch whole = std::move(batch);
  frame->runs.clear();
  last = first;
  for (v1::SequencedRecord& record : *whole.mutable_records()) {
    if (frame->runs.empty() || record.seq_num() != last + 1) frame->runs.emplace_back();
    last = record.seq_num();
    *frame->runs.back().result.batch.add_records() = std::move(record);
  }
  if (frame->tail) *frame->runs.back().result.batch.mutable_tail() = *frame->tail;
  for (ReadRun& run : frame->runs) Describe(skip_commands, &run);
  return absl::OkStatus();
}

}  // namespace s2::internal
