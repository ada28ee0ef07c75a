// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_MESSAGE_INTERNAL_U64_H_
#define S2_MESSAGE_INTERNAL_U64_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// The number as the value of a header: big-endian, 8 bytes.
inline std::string EncodeU64(uint64_t number) {
  std::string value(8, '\0');
  for (int i = 7; i >= 0; --i, number >>= 8) value[i] = static_cast<char>(number & 0xff);
  return value;
}

// The number that a header of record `seq_num` has. kInvalid: its value does not have 8 bytes.
inline absl::StatusOr<uint64_t> DecodeU64(const v1::Header& header, uint64_t seq_num) {
  const std::string& value = header.value();
  if (value.size() != 8) {
    return MakeError(ErrorCode::kInvalid,
                     absl::StrCat("header ", header.name(), " of record ", seq_num, " has ",
                                  value.size(), " bytes: it must have 8"));
  }
  uint64_t number = 0;
  for (const char byte : value) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

}  // namespace s2::internal

#endif  // S2_MESSAGE_INTERNAL_U64_H_
