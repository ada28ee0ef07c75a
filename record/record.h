// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_RECORD_RECORD_H_
#define S2_RECORD_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "s2/v1/s2.pb.h"

// Records are the generated messages themselves; these helpers build and measure them. All are pure
// and thread safe.
namespace s2 {

// Limits of S2, checked here and on the server.
inline constexpr size_t kMaxBatchRecords = 1000;
inline constexpr size_t kMaxBatchBytes = 1024 * 1024;  // metered
inline constexpr size_t kMaxFencingTokenBytes = 36;

// A record with this body.
v1::AppendRecord MakeRecord(std::string body);

// A record with headers, in order, and a body.
v1::AppendRecord MakeRecord(
    std::initializer_list<std::pair<absl::string_view, absl::string_view>> headers,
    std::string body);

// The command that makes `token` the stream's fencing token for the batches after it. Empty: no
// token.
v1::AppendRecord MakeFenceRecord(absl::string_view token);

// The command that drops the records before `seq_num`; the server does not go beyond the command
// itself.
v1::AppendRecord MakeTrimRecord(uint64_t seq_num);

// A batch of these records, without conditions.
v1::AppendInput MakeInput(std::vector<v1::AppendRecord> records);

// Is it a command (one header, with an empty name)?
bool IsCommand(const v1::AppendRecord& record);
bool IsCommand(const v1::SequencedRecord& record);

// What S2 counts: 8 + 2 a header + names + values + body.
size_t MeteredBytes(const v1::AppendRecord& record);
size_t MeteredBytes(const v1::SequencedRecord& record);
// The sum over the records.
size_t MeteredBytes(const v1::AppendInput& input);
size_t MeteredBytes(const v1::ReadBatch& batch);

}  // namespace s2

#endif  // S2_RECORD_RECORD_H_
