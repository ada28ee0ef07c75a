// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/examples/quickstart/read_back.h"

namespace quickstart {

absl::Status ReadBack(s2::ReadSession& session, Acks& acks, LineDigest& received) {
  while (acks.AwaitFrom(session.next_seq_num().value_or(0))) {
    const absl::StatusOr<s2::ReadResult> result = session.Next();
    if (!result.ok()) return result.status();
    if (result->end) return absl::DataLossError("the read session ended too early");
    for (const s2::v1::SequencedRecord& record : result->batch.records()) {
      if (acks.AwaitIsOurs(record.seq_num())) received.Add(record.body());
    }
  }
  return absl::OkStatus();
}

}  // namespace quickstart
