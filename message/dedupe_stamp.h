// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_MESSAGE_DEDUPE_STAMP_H_
#define S2_MESSAGE_DEDUPE_STAMP_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "s2/v1/s2.pb.h"

namespace s2 {

// Stamps records so that a reader can tell those that a retry appended again: a number, one more
// for each record, and the name of this writer, a new one for each stamp. Readers start anew with
// each new name, so only one writer may be active on a stream at a time.
//
// Not thread safe.
class DedupeStamp {
 public:
  // The first record gets this number.
  explicit DedupeStamp(uint64_t first);

  // 12 characters of A-Z, a-z, 0-9, '_' and '-'.
  const std::string& writer_id() const { return writer_id_; }
  // The number that the next record gets.
  uint64_t next() const { return next_; }

  // Appends the two headers to each record. kInvalid, and nothing is changed: one of them brings
  // such a header.
  absl::Status Stamp(std::vector<v1::AppendRecord>& records);

 private:
  const std::string writer_id_;

  uint64_t next_;
};

}  // namespace s2

#endif  // S2_MESSAGE_DEDUPE_STAMP_H_
