// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/internal/access_token.h"

#include <grpcpp/client_context.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"
#include "s2/wire/metadata.h"

namespace s2::internal {

absl::Status ValidateAccessToken(absl::string_view token) {
  if (std::all_of(token.begin(), token.end(), absl::ascii_isgraph)) return absl::OkStatus();
  return MakeError(ErrorCode::kInvalid,
                   absl::StrCat("access_token (", token.size(),
                                " characters, not shown) must be printable ASCII without spaces"));
}

absl::Status AccessToken::Attach(grpc::ClientContext& context) const {
  std::string token = fixed_;
  if (provider_ != nullptr) {
    absl::StatusOr<std::string> provided = provider_();
    if (!provided.ok()) return NotSent(WithContext(provided.status(), "access_token_provider"));
    token = *std::move(provided);
    if (absl::Status s = ValidateAccessToken(token); !s.ok()) return NotSent(s);
  }
  if (token.empty()) return absl::OkStatus();
  switch (carriage_) {
    case TokenCarriage::kMetadata:
      context.AddMetadata(wire::kAuthorizationKey, absl::StrCat(wire::kBearer, token));
      break;
    case TokenCarriage::kCallCredentials:
      context.set_credentials(grpc::AccessTokenCredentials(token));
      break;
  }
  return absl::OkStatus();
}

}  // namespace s2::internal
