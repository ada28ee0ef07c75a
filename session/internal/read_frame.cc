// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/read_frame.h"

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

// `batch` has records, without a gap.
void AddRun(v1::ReadBatch&& batch, bool skip_commands, ReadFrame& frame) {
  ReadRun& run = frame.runs.emplace_back();
  v1::ReadBatch& records = run.result.batch;
  records = std::move(batch);
  run.seq_nums.begin = records.records(0).seq_num();
  run.seq_nums.end = run.seq_nums.begin + records.records_size();
  run.bytes = run.held_bytes = MeteredBytes(records);
  if (skip_commands) {
    RemoveCommands(&records);
    if (static_cast<uint64_t>(records.records_size()) < run.records()) {
      run.held_bytes = MeteredBytes(records);
    }
  }
}

}  // namespace

absl::StatusOr<ReadFrame> MakeReadFrame(v1::ReadBatch&& batch, bool skip_commands) {
  absl::StatusOr<ReadFrame> result(absl::in_place);
  ReadFrame& frame = *result;
  if (batch.has_tail()) frame.tail = batch.tail();
  if (batch.records().empty()) return result;

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
    AddRun(std::move(batch), skip_commands, frame);
    return result;
  }

  v1::ReadBatch run;
  for (v1::SequencedRecord& record : *batch.mutable_records()) {
    if (!run.records().empty() &&
        record.seq_num() != run.records(run.records_size() - 1).seq_num() + 1) {
      AddRun(std::exchange(run, {}), skip_commands, frame);
    }
    *run.add_records() = std::move(record);
  }
  if (frame.tail) *run.mutable_tail() = *frame.tail;
  AddRun(std::move(run), skip_commands, frame);
  return result;
}

}  // namespace s2::internal
