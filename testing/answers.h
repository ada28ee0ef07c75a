// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTING_ANSWERS_H_
#define S2_TESTING_ANSWERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "s2/retry/error_table.h"
#include "s2/session/read_session.h"
#include "s2/v1/s2.pb.h"

// What mocks and scripts answer. All are pure and thread safe.
namespace s2::testing {

// The ack of a batch whose records are [start, end); its end is the tail. No timestamps.
v1::AppendAck MakeAck(uint64_t start, uint64_t end);

// A record as it is read, without headers or timestamp.
v1::SequencedRecord MakeSequencedRecord(uint64_t seq_num, std::string body);

// Records with these bodies, numbered from `first` on; no tail.
v1::ReadBatch MakeReadBatch(uint64_t first, const std::vector<std::string>& bodies);

// The same, as a read session hands it over, with nothing skipped.
ReadResult MakeReadResult(uint64_t first, const std::vector<std::string>& bodies);

// Why a ticket failed, with the verdict that HasNoSideEffects then gives.
absl::Status MakeAppendError(ErrorCode code, bool may_have_effect);

}  // namespace s2::testing

#endif  // S2_TESTING_ANSWERS_H_
