// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CLIENT_INTERNAL_ACCESS_TOKEN_H_
#define S2_CLIENT_INTERNAL_ACCESS_TOKEN_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "s2/client/internal/token_source.h"
#include "s2/client/options.h"
#include "s2/session/executor.h"

namespace s2::internal {

class StubContext;

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

// Does the client send a token of its own, whatever it is?
bool HasToken(const ClientOptions& options);

// The access token of a client, fixed or asked for at each call, and how it is attached to calls.
// Thread safe.
class AccessToken {
 public:
  // A provider is called on `background`.
  AccessToken(const ClientOptions& options, TokenCarriage carriage,
              std::shared_ptr<Executor> background);

  // Null: the token is fixed(). Else it is to be got here, for each call; what that brings as an
  // error (the provider's, or of a token that cannot be sent) means that the call was not sent, and
  // says so; it never shows the token.
  TokenSource* source() const { return source_.get(); }
  const Token& fixed() const { return fixed_; }

  // Gives the call this token, unless it is empty.
  void Attach(const Token& token, StubContext& context) const;

  // How a call with this token ended. If the server refused the token, and its source can bring
  // another, the source is told, and the error that is returned may be retried.
  absl::Status OnEnd(const Token& token, const absl::Status& status) const;

 private:
  const Token fixed_;
  const std::shared_ptr<TokenSource> source_;  // null: there is no provider
  const TokenCarriage carriage_;
};

}  // namespace s2::internal

#endif  // S2_CLIENT_INTERNAL_ACCESS_TOKEN_H_
