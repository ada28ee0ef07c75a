// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CLIENT_INTERNAL_WAIT_H_
#define S2_CLIENT_INTERNAL_WAIT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "s2/client/options.h"

namespace s2::internal {

// How a unary call ends whose caller has cancelled it.
inline absl::Status Cancelled() { return absl::CancelledError("the call was cancelled"); }

// Lets one thread wait for the first of several events, which may happen on any thread. Thread
// safe. Held by std::shared_ptr, since the other events may still happen when the thread has gone
// on.
class Wait {
 public:
  // Ends the wait with this outcome, unless it has ended.
  void End(absl::Status outcome) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    if (!outcome_) outcome_ = std::move(outcome);
  }

  // Blocks until it has ended.
  absl::Status Await() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(
        +[](std::optional<absl::Status>* outcome) { return outcome->has_value(); }, &outcome_));
    return *outcome_;
  }

 private:
  absl::Mutex mu_;
  std::optional<absl::Status> outcome_ ABSL_GUARDED_BY(mu_);
};

// Calls `callback` if `cancellation` (may be null) is cancelled while the scope lasts, or was
// before.
class CancelScope {
 public:
  CancelScope(std::shared_ptr<Cancellation> cancellation, absl::AnyInvocable<void()> callback)
      : cancellation_(std::move(cancellation)) {
    if (cancellation_ != nullptr) number_ = cancellation_->OnCancel(std::move(callback));
  }
  CancelScope(const CancelScope&) = delete;
  CancelScope& operator=(const CancelScope&) = delete;
  ~CancelScope() {
    if (cancellation_ != nullptr) cancellation_->Remove(number_);
  }

 private:
  const std::shared_ptr<Cancellation> cancellation_;
  uint64_t number_ = 0;
};

}  // namespace s2::internal

#endif  // S2_CLIENT_INTERNAL_WAIT_H_
