// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_READ_CAUGHT_UP_H_
#define S2_SESSION_INTERNAL_READ_CAUGHT_UP_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/retry/clock.h"
#include "s2/session/internal/serial_executor.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// Those who wait until the consumer of a read session is caught up. Not thread safe: the session's
// mutex guards it.
class CaughtUp {
 public:
  // The tail at that moment, or why it will not come.
  using Answer = absl::StatusOr<v1::StreamPosition>;
  using Callback = absl::AnyInvocable<void(Answer)>;

  explicit CaughtUp(std::shared_ptr<SerialExecutor> callbacks) : callbacks_(std::move(callbacks)) {}

  // Waits for an answer until `clock` has reached `deadline` (then nothing), releasing `mu`, the
  // session's mutex, meanwhile. An answer counts even if it is no longer true when this thread
  // wakes.
  std::optional<Answer> Await(Clock& clock, absl::Time deadline, absl::Mutex& mu)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);

  // Calls `callback` with the next answer.
  void Add(Callback callback) { waiting_.push_back(std::move(callback)); }

  // The answer to all who wait.
  void OnAnswer(const Answer& answer);

 private:
  const std::shared_ptr<SerialExecutor> callbacks_;

  uint64_t answers_ = 0;
  Answer last_ = absl::UnknownError("");  // valid when answers_ > 0
  std::vector<Callback> waiting_;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_READ_CAUGHT_UP_H_
