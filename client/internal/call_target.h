// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CLIENT_INTERNAL_CALL_TARGET_H_
#define S2_CLIENT_INTERNAL_CALL_TARGET_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace s2::internal {

class StubContext;

// Where a call goes, as its metadata say. What the operation has no use for is empty.
struct CallTarget {
  std::string basin;
  std::string stream;
  std::string encryption_key;
};

// OK, or what is wrong with a key: it must be base64 of 32 bytes, or empty. The error does not show
// the key.
absl::Status ValidateEncryptionKey(absl::string_view key);

// Adds the metadata that say where the call goes. What is empty is left out. The target is valid.
void AddMetadata(const CallTarget& target, StubContext& context);

}  // namespace s2::internal

#endif  // S2_CLIENT_INTERNAL_CALL_TARGET_H_
