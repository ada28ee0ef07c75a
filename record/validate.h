// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_RECORD_VALIDATE_H_
#define S2_RECORD_VALIDATE_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "s2/rpc/v1/stream.pb.h"
#include "s2/v1/s2.pb.h"

// S2's rules for what may be sent. Each returns OK or an error of code kInvalid that names the
// field, the value and the limit. Pure and thread safe.
namespace s2 {

// 1 to 1000 records, at most 1 MiB metered; header names not empty, commands well formed; a fencing
// token of at most 36 bytes of UTF-8.
absl::Status Validate(const v1::AppendInput& input);

// A start timestamp below `until`.
absl::Status Validate(const rpc::v1::ReadRequest& request);

// 8 to 48 of a-z, 0-9 and -, with neither end a hyphen.
absl::Status ValidateBasinName(absl::string_view name);

// 1 to 512 bytes of UTF-8 without NUL, not "." or "..".
absl::Status ValidateStreamName(absl::string_view name);

// 1 to 96 bytes of UTF-8 without NUL, not "." or "..".
absl::Status ValidateAccessTokenId(absl::string_view id);

// At most 36 bytes.
absl::Status ValidateRequestToken(absl::string_view token);

}  // namespace s2

#endif  // S2_RECORD_VALIDATE_H_
