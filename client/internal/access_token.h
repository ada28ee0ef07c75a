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

// OK, or kInvalid for a token with characters that metadata cannot hold. The error does not show
// the token.
absl::Status ValidateAccessToken(absl::string_view token);

// How a token is attached to a call.
enum class TokenCarriage {
  // As metadata. For channels that the client has made itself: it knows that they are secure, or do
  // not leave this machine.
  kMetadata,
  // As call credentials. For channels of the user's: only gRPC knows whether those are secure, and
  // it refuses to send credentials over one that is not.
  kCallCredentials,
};

// The access token of a client, fixed or asked for at each call, and how it is attached to calls.
// Thread safe.
class AccessToken {
 public:
  AccessToken(const ClientOptions& options, TokenCarriage carriage)
      : fixed_(options.access_token),
        provider_(options.access_token_provider),
        carriage_(carriage) {}

  // Does Attach call a function of the user's? Then it may block.
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
