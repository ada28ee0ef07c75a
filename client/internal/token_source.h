// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CLIENT_INTERNAL_TOKEN_SOURCE_H_
#define S2_CLIENT_INTERNAL_TOKEN_SOURCE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "s2/client/token_provider.h"
#include "s2/session/executor.h"

namespace s2::internal {

// A token, and which of its provider's answers it was: 1 for the first. 0: no provider was asked.
struct Token {
  std::string text;
  uint64_t answer = 0;
};

// A user's provider, as the calls of a client ask it: one call of it at a time, on `background`,
// and one answer for all that wait. Thread safe. Held by std::shared_ptr; while the provider is to
// be called it keeps itself.
class TokenSource : public std::enable_shared_from_this<TokenSource> {
 public:
  using Callback = absl::AnyInvocable<void(const absl::StatusOr<Token>&)>;

  // `name` is what errors call the provider.
  TokenSource(std::shared_ptr<TokenProvider> provider, std::string name,
              std::shared_ptr<Executor> background)
      : provider_(std::move(provider)),
        name_(std::move(name)),
        background_(std::move(background)) {}

  const std::string& name() const { return name_; }

  // Calls `callback` once with a token that can be sent, or with why there is none, on
  // `background`.
  void Get(Callback callback) ABSL_LOCKS_EXCLUDED(mu_);

  // The server refused the token of this answer. The provider is told, once, and before it is asked
  // again; an answer under way that brings the same token is not used. Older answers are forgotten.
  void Refuse(uint64_t answer) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void BeginLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Work() ABSL_LOCKS_EXCLUDED(mu_);
  bool InvalidateNext() ABSL_LOCKS_EXCLUDED(mu_);
  bool GetNext() ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<std::string> Ask() const;

  const std::shared_ptr<TokenProvider> provider_;
  const std::string name_;
  const std::shared_ptr<Executor> background_;

  absl::Mutex mu_;
  // Work is under way, or asked of `background_`.
  bool working_ ABSL_GUARDED_BY(mu_) = false;
  // Each waits for the next answer.
  std::vector<Callback> waiting_ ABSL_GUARDED_BY(mu_);
  // The last answer that was a token.
  Token last_ ABSL_GUARDED_BY(mu_);
  // Tokens that were refused, of which the provider is still to be told.
  std::vector<std::string> refused_ ABSL_GUARDED_BY(mu_);
  // The last answer that was refused.
  uint64_t last_refused_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace s2::internal

#endif  // S2_CLIENT_INTERNAL_TOKEN_SOURCE_H_
