// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_APPEND_APPEND_ENDING_H_
#define S2_SESSION_INTERNAL_APPEND_APPEND_ENDING_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "s2/retry/clock.h"
#include "s2/retry/internal/lazy_timer.h"
#include "s2/session/internal/serial_executor.h"

namespace s2::internal {

// How an append session comes to its end: whether it is being closed, until when, and who is to be
// called when what was submitted is acked or the session has ended, until when. (Threads that wait
// for that await the session's state itself.) Not thread safe: the session's mutex guards it.
class AppendEnding {
 public:
  using Callback = absl::AnyInvocable<void(absl::Status)>;

  // A FlushAsync that waits until so many batches, of all that were ever submitted, are acked.
  struct Flusher {
    uint64_t batches;
    absl::Time deadline;
    Callback callback;
  };

  AppendEnding(const std::shared_ptr<Clock>& clock, std::shared_ptr<SerialExecutor> callbacks)
      : callbacks_(std::move(callbacks)), timer_(clock) {}

  // What to call when a deadline may have come: see LazyTimer. Once, before all else.
  void Start(std::function<void()> on_timer) { timer_.Start(std::move(on_timer)); }

  // Close has begun: the session takes no more batches.
  bool closing() const { return closing_; }
  void BeginClose() { closing_ = true; }

  // Calls `callback` when so many batches are acked or the session has ended, unless it was taken
  // back after `deadline`.
  void AddFlusher(uint64_t batches, absl::Time deadline, Callback callback);
  // Calls `callback` when the session has ended, for which there is time until `deadline`.
  void AddCloser(absl::Time deadline, Callback callback);
  // Calls `callback`.
  void Call(Callback callback, const absl::Status& status);

  // So many batches are acked.
  void OnAcked(uint64_t batches);
  // The session has ended with `error`, or cleanly.
  void OnEnded(const absl::Status& error);

  // When the timer has fired: takes back a flusher whose deadline has come, if there is one.
  std::optional<Flusher> TakeLateFlusher(absl::Time now);
  // Has the deadline of a close come?
  bool CloseIsDue(absl::Time now) const { return now >= close_at_; }
  // Sets the timer for the next deadline.
  void Arm();

 private:
  const std::shared_ptr<SerialExecutor> callbacks_;

  bool closing_ = false;
  std::deque<Flusher> flushers_;  // in the order of `batches`
  std::vector<Callback> closers_;
  absl::Time close_at_ = absl::InfiniteFuture();  // the earliest deadline of closers_
  LazyTimer timer_;                               // for close_at_ and the deadlines of flushers_
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_APPEND_APPEND_ENDING_H_
