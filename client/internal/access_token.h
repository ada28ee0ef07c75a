// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CLIENT_INTERNAL_ACCESS_TOKEN_H_
#define S2_CLIENT_INTERNAL_ACCESS_TOKEN_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "s2/client/options.h"

namespace grpc {
class ClientContext;
}  // namespace grpc

namespace s2::internal {

// OK, or an error of code kInvalid: metadata cannot hold every byte. Never shows the token.
absl::Status ValidateAccessToken(absl::string_view token);

// How a token travels.
enum class TokenCarriage {
  // As metadata: the channel is ours, and known to be secure or not to leave this machine.
  kMetadata,
  // As call credentials: the channel is the caller's, and gRPC knows whether it is secure.
  kCallCredentials,
};

// Where the access token comes from, and how it goes. Thread safe.
class AccessToken {
 public:
  AccessToken(const ClientOptions& options, TokenCarriage carriage)
      : fixed_(options.access_token),
        provider_(options.access_token_provider),
        carriage_(carriage) {}

  // Attach calls the user's function, and so may block.
  bool may_block() const { return provider_ != nullptr; }

  // Gives the call its token, if there is one. An error (the provider's, or of a token that cannot
  // be sent) means that the call was not sent, and says so; it never shows the token.
  absl::Status Attach(grpc::ClientContext& context) const;

 private:
  const std::string fixed_;
  const std::function<absl::StatusOr<std::string>()> provider_;
  const TokenCarriage carriage_;
};

}  // namespace s2::internal

#endif  // S2_CLIENT_INTERNAL_ACCESS_TOKEN_H_
