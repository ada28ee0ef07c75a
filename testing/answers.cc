// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/testing/answers.h"

#include <utility>

#include "s2/retry/error.h"
#include "s2/session/internal/append/append_effect.h"

namespace s2::testing {

v1::AppendAck MakeAck(uint64_t start, uint64_t end) {
  v1::AppendAck ack;
  ack.mutable_start()->set_seq_num(start);
  ack.mutable_end()->set_seq_num(end);
  ack.mutable_tail()->set_seq_num(end);
  return ack;
}

v1::SequencedRecord MakeSequencedRecord(uint64_t seq_num, std::string body) {
  v1::SequencedRecord record;
  record.set_seq_num(seq_num);
  record.set_body(std::move(body));
  return record;
}

v1::ReadBatch MakeReadBatch(uint64_t first, const std::vector<std::string>& bodies) {
  v1::ReadBatch batch;
  for (const std::string& body : bodies) *batch.add_records() = MakeSequencedRecord(first++, body);
  return batch;
}

ReadResult MakeReadResult(uint64_t first, const std::vector<std::string>& bodies) {
  ReadResult result;
  result.batch = MakeReadBatch(first, bodies);
  return result;
}

absl::Status MakeAppendError(ErrorCode code, bool may_have_effect) {
  return internal::WithEffect(MakeError(code, GetErrorRow(code).name), may_have_effect);
}

}  // namespace s2::testing
