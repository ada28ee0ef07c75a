// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/internal/call_target.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"
#include "s2/session/internal/stub_context.h"
#include "s2/wire/metadata.h"
#include "s2/wire/percent.h"

namespace s2::internal {

absl::Status ValidateEncryptionKey(absl::string_view key) {
  if (key.empty()) return absl::OkStatus();
  // The decoder skips white space, which must not get into metadata.
  const bool plain = std::none_of(key.begin(), key.end(), absl::ascii_isspace);
  std::string bytes;
  if (plain && absl::Base64Unescape(key, &bytes) && bytes.size() == 32) return absl::OkStatus();
  return MakeError(
      ErrorCode::kInvalid,
      absl::StrCat("encryption_key (", key.size(),
                   " characters, not shown) must be base64 of 32 bytes, 44 characters"));
}

void AddMetadata(const CallTarget& target, StubContext& context) {
  if (!target.basin.empty()) context.AddMetadata(wire::kBasinKey, target.basin);
  if (!target.stream.empty()) context.AddMetadata(wire::kStreamKey, PercentEncode(target.stream));
  if (!target.encryption_key.empty()) {
    context.AddMetadata(wire::kEncryptionKeyKey, target.encryption_key);
  }
}

}  // namespace s2::internal
