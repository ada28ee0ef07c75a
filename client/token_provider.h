// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CLIENT_TOKEN_PROVIDER_H_
#define S2_CLIENT_TOKEN_PROVIDER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace s2 {

// Brings access tokens that expire. A client calls it on threads of the library's own, one call at
// a time, never under a lock; it may block, and must not throw. Two clients that share one may call
// it at the same time. It is destroyed when its clients and their sessions are gone and a call of
// it that was under way has returned.
class TokenProvider {
 public:
  virtual ~TokenProvider() = default;

  // The token to send now: printable ASCII without spaces. Asked for each attempt, so it should
  // keep a token that is still good. All attempts that wait for a token get the answer of the one
  // Get under way. An error fails those attempts, none of which was sent; they are tried again if
  // the error may pass (IsRetryable).
  virtual absl::StatusOr<std::string> Get() = 0;

  // The server refused this token, which Get has brought (UNAUTHENTICATED): the next Get should
  // bring another. Called once for each answer of Get, however many attempts were refused with it;
  // those are tried again, after a pause, within their retry budgets. Default: nothing.
  virtual void Invalidate(absl::string_view /*token*/) {}
};

}  // namespace s2

#endif  // S2_CLIENT_TOKEN_PROVIDER_H_
