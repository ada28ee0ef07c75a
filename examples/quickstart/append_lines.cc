// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/examples/quickstart/append_lines.h"

#include <optional>
#include <string>
#include <utility>

namespace quickstart {
namespace {

// At least one line, if it must be waited for too; none: the end.
absl::StatusOr<s2::v1::AppendInput> NextBatch(LineReader& lines) {
  s2::v1::AppendInput batch;
  size_t bytes = 0;
  do {
    const absl::StatusOr<std::optional<absl::string_view>> line = lines.Peek();
    if (!line.ok() && batch.records().empty()) return line.status();
    if (!line.ok() || !line->has_value()) break;
    s2::v1::AppendRecord record = s2::MakeRecord(std::string(**line));
    bytes += s2::MeteredBytes(record);
    if (bytes > s2::kMaxBatchBytes) break;
    *batch.add_records() = std::move(record);
    lines.Pop();
  } while (static_cast<size_t>(batch.records_size()) < s2::kMaxBatchRecords && lines.Ready());
  return batch;
}

}  // namespace

absl::Status AppendLines(LineReader& lines, s2::AppendSession& session, Acks& acks,
                         LineDigest& sent) {
  while (true) {
    absl::StatusOr<s2::v1::AppendInput> batch = NextBatch(lines);
    if (!batch.ok()) return batch.status();
    if (batch->records().empty()) return absl::OkStatus();
    for (const s2::v1::AppendRecord& record : batch->records()) sent.Add(record.body());
    const absl::StatusOr<s2::AppendTicket> ticket = session.Submit(*std::move(batch));
    if (!ticket.ok()) return ticket.status();
    acks.Watch(*ticket);
  }
}

}  // namespace quickstart
