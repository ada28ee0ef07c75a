// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/internal/token_source.h"

#include <algorithm>

#include "s2/client/internal/access_token.h"
#include "s2/retry/error.h"
#include "s2/retry/internal/call_user.h"

namespace s2::internal {

void TokenSource::Get(Callback callback) {
  absl::MutexLock lock(&mu_);
  waiting_.push_back(std::move(callback));
  BeginLocked();
}

void TokenSource::Refuse(uint64_t answer) {
  absl::MutexLock lock(&mu_);
  if (answer != last_.answer || answer == last_refused_) return;
  last_refused_ = answer;
  refused_.push_back(last_.text);
  BeginLocked();
}

// Executor::Run never runs the work inside the call.
void TokenSource::BeginLocked() {
  if (std::exchange(working_, true)) return;
  background_->Run([self = shared_from_this()] { self->Work(); });
}

void TokenSource::Work() {
  while (InvalidateNext() || GetNext()) {
  }
}

// False: there is no refusal to tell.
bool TokenSource::InvalidateNext() {
  std::vector<std::string> refused;
  {
    absl::MutexLock lock(&mu_);
    refused.swap(refused_);
  }
  for (const std::string& token : refused) {
    CallUser("TokenProvider::Invalidate", [&] { provider_->Invalidate(token); });
  }
  return !refused.empty();
}

// False: nobody waits, and the work is over.
bool TokenSource::GetNext() {
  {
    absl::MutexLock lock(&mu_);
    if (waiting_.empty()) {
      working_ = !refused_.empty();
      return working_;
    }
  }
  absl::StatusOr<std::string> answer = Ask();
  std::vector<Callback> served;
  absl::StatusOr<Token> token;
  {
    absl::MutexLock lock(&mu_);
    // Asked before the provider knew that this token is refused: it is asked again.
    if (answer.ok() && std::count(refused_.begin(), refused_.end(), *answer) > 0) return true;
    served.swap(waiting_);
    if (answer.ok()) {
      last_ = {*std::move(answer), last_.answer + 1};
      token = last_;
    } else {
      token = answer.status();
    }
  }
  for (Callback& callback : served) callback(token);
  return true;
}

// A token that can be sent.
absl::StatusOr<std::string> TokenSource::Ask() const {
  absl::StatusOr<std::string> answer =
      CallUser("TokenProvider::Get", [this] { return provider_->Get(); });
  if (!answer.ok()) return NotSent(WithContext(answer.status(), name_));
  if (absl::Status s = ValidateAccessToken(*answer); !s.ok()) return NotSent(s);
  return answer;
}

}  // namespace s2::internal
