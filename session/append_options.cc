// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"
#include "s2/retry/internal/validate_duration.h"
#include "s2/session/append_session.h"

namespace s2 {
namespace {

constexpr size_t kLeastUnackedBytes = kMaxBatchBytes;
constexpr size_t kMaxIdentityHeaderBytes = 64;

absl::Status ValidateExactlyOnce(const AppendSessionOptions& options) {
  const ExactlyOnceOptions& own = options.exactly_once;
  if (own.identity_header.size() > kMaxIdentityHeaderBytes) {
    return MakeError(ErrorCode::kInvalid,
                     absl::StrCat("exactly_once.identity_header has ", own.identity_header.size(),
                                  " bytes; the limit is ", kMaxIdentityHeaderBytes));
  }
  if (options.policy == AppendRetryPolicy::kExactlyOnce) return absl::OkStatus();
  if (own.fence) {
    return MakeError(ErrorCode::kInvalid, "exactly_once.fence is set; policy is not kExactlyOnce");
  }
  if (!own.identity_header.empty()) {
    return MakeError(ErrorCode::kInvalid, absl::StrCat("exactly_once.identity_header is \"",
                                                       absl::CHexEscape(own.identity_header),
                                                       "\"; policy is not kExactlyOnce"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Validate(const AppendSessionOptions& options) {
  if (options.max_unacked_bytes < kLeastUnackedBytes) {
    return MakeError(ErrorCode::kInvalid,
                     absl::StrCat("max_unacked_bytes is ", options.max_unacked_bytes,
                                  "; the least is ", kLeastUnackedBytes));
  }
  if (absl::Status s = Validate(options.retry); !s.ok()) return s;
  if (absl::Status s = internal::ValidateTimeout("open_timeout", options.open_timeout); !s.ok())
    return s;
  if (absl::Status s = internal::ValidateTimeout("ack_timeout", options.ack_timeout); !s.ok())
    return s;
  return ValidateExactlyOnce(options);
}

}  // namespace s2
