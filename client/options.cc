// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/options.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "s2/client/internal/access_token.h"
#include "s2/retry/error.h"
#include "s2/retry/internal/call_user.h"
#include "s2/retry/internal/forked.h"
#include "s2/retry/internal/validate_duration.h"

namespace s2 {

absl::Status Validate(const ClientOptions& options) {
  std::vector<const char*> tokens;
  if (!options.access_token.empty()) tokens.push_back("access_token");
  if (options.token_provider != nullptr) tokens.push_back("token_provider");
  if (options.access_token_provider != nullptr) tokens.push_back("access_token_provider");
  if (tokens.size() > 1) {
    return MakeError(ErrorCode::kInvalid, absl::StrCat(tokens[0], " and ", tokens[1],
                                                       " are both set; at most one may be"));
  }
  if (absl::Status s = internal::ValidateAccessToken(options.access_token); !s.ok()) return s;
  if (absl::Status s = internal::ValidateTimeout("request_timeout", options.request_timeout);
      !s.ok()) {
    return s;
  }
  if (options.append_policy == AppendRetryPolicy::kExactlyOnce) {
    return MakeError(ErrorCode::kInvalid,
                     "append_policy is kExactlyOnce; a unary append can be kAtLeastOnce or "
                     "kAtMostOnce, an append session can be exactly once");
  }
  if (options.max_sessions_per_channel < 1) {
    return MakeError(ErrorCode::kInvalid, "max_sessions_per_channel is 0; the least is 1");
  }
  if (absl::Status s = Validate(options.unary_retry, "unary_retry"); !s.ok()) return s;
  if (absl::Status s = Validate(options.append_session); !s.ok()) {
    return WithContext(s, "append_session");
  }
  if (absl::Status s = Validate(options.read_session); !s.ok()) {
    return WithContext(s, "read_session");
  }
  return absl::OkStatus();
}

void Cancellation::Cancel() {
  if (internal::Forked()) return;  // no call is under way here
  std::map<uint64_t, absl::AnyInvocable<void()>> callbacks;
  {
    absl::MutexLock lock(&mu_);
    cancelled_ = true;
    callbacks = std::exchange(callbacks_, {});
  }
  for (auto& [number, callback] : callbacks)
    internal::CallUser("a callback of a Cancellation", callback);
}

bool Cancellation::cancelled() const {
  absl::MutexLock lock(&mu_);
  return cancelled_;
}

uint64_t Cancellation::OnCancel(absl::AnyInvocable<void()> callback) {
  {
    absl::MutexLock lock(&mu_);
    if (!cancelled_) {
      callbacks_.emplace(++last_number_, std::move(callback));
      return last_number_;
    }
  }
  internal::CallUser("a callback of a Cancellation", callback);
  return 0;
}

void Cancellation::Remove(uint64_t number) {
  absl::AnyInvocable<void()> removed;  // destroyed without the lock
  absl::MutexLock lock(&mu_);
  const auto it = callbacks_.find(number);
  if (it == callbacks_.end()) return;
  removed = std::move(it->second);
  callbacks_.erase(it);
}

}  // namespace s2
