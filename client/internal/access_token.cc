// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/internal/access_token.h"

#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"
#include "s2/retry/internal/background.h"
#include "s2/session/internal/stub_context.h"
#include "s2/wire/metadata.h"

namespace s2::internal {
namespace {

// A plain function as a provider.
class FunctionProvider : public TokenProvider {
 public:
  explicit FunctionProvider(std::function<absl::StatusOr<std::string>()> get)
      : get_(std::move(get)) {}
  absl::StatusOr<std::string> Get() override { return get_(); }

 private:
  const std::function<absl::StatusOr<std::string>()> get_;
};

// Null: the options have no provider.
std::shared_ptr<TokenSource> MakeSource(const ClientOptions& options,
                                        std::shared_ptr<Executor> background) {
  if (options.token_provider != nullptr) {
    return std::make_shared<TokenSource>(ReleasedInBackground(options.token_provider),
                                         "token_provider", std::move(background));
  }
  if (options.access_token_provider == nullptr) return nullptr;
  return std::make_shared<TokenSource>(
      ReleasedInBackground<TokenProvider>(
          std::make_shared<FunctionProvider>(options.access_token_provider)),
      "access_token_provider", std::move(background));
}

}  // namespace

absl::Status ValidateAccessToken(absl::string_view token) {
  if (std::all_of(token.begin(), token.end(), absl::ascii_isgraph)) return absl::OkStatus();
  return MakeError(ErrorCode::kInvalid,
                   absl::StrCat("access_token (", token.size(),
                                " characters, not shown) must be printable ASCII without spaces"));
}

bool HasToken(const ClientOptions& options) {
  return !options.access_token.empty() || options.access_token_provider != nullptr ||
         options.token_provider != nullptr;
}

AccessToken::AccessToken(const ClientOptions& options, TokenCarriage carriage,
                         std::shared_ptr<Executor> background)
    : fixed_{options.access_token, 0},
      source_(MakeSource(options, std::move(background))),
      carriage_(carriage) {}

void AccessToken::Attach(const Token& token, StubContext& context) const {
  if (token.text.empty()) return;
  switch (carriage_) {
    case TokenCarriage::kMetadata:
      context.AddMetadata(wire::kAuthorizationKey, absl::StrCat(wire::kBearer, token.text));
      break;
    case TokenCarriage::kCallCredentials:
      context.set_credentials(grpc::AccessTokenCredentials(token.text));
      break;
  }
}

absl::Status AccessToken::OnEnd(const Token& token, const absl::Status& status) const {
  if (source_ == nullptr || !IsTokenRefused(status)) return status;
  source_->Refuse(token.answer);
  return TokenRenewable(status);
}

}  // namespace s2::internal
