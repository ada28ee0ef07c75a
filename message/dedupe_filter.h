// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_MESSAGE_DEDUPE_FILTER_H_
#define S2_MESSAGE_DEDUPE_FILTER_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "s2/v1/s2.pb.h"

namespace s2 {

// Tells records from those that a retry appended again, by what DedupeStamp put on them. A record
// without a number is new. One of another writer than the last is new, and begins its writer's
// numbers. One of the same writer is new if its number is greater than the last.
//
// Not thread safe.
class DedupeFilter {
 public:
  // Is the record, the next of the stream, new? kInvalid: its number does not have 8 bytes.
  absl::StatusOr<bool> Accepts(const v1::SequencedRecord& record);

 private:
  // Of the last record that was new and had a number; a writer without a name is "__legacy__".
  std::string writer_id_;  // empty: there was none
  uint64_t last_ = 0;
};

}  // namespace s2

#endif  // S2_MESSAGE_DEDUPE_FILTER_H_
