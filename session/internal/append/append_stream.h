// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_APPEND_APPEND_STREAM_H_
#define S2_SESSION_INTERNAL_APPEND_APPEND_STREAM_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "s2/retry/clock.h"
#include "s2/session/append_session.h"
#include "s2/session/internal/append/append_actions.h"
#include "s2/session/internal/append/append_attempt.h"
#include "s2/session/internal/append/append_queue.h"
#include "s2/session/internal/transport.h"

namespace s2::internal {

// The stream that an append session has open, if it has one: the current attempt, its call, the one
// write under way, and how long the session waits for what. Not thread safe: the session's mutex
// guards it.
class AppendStream {
 public:
  AppendStream(std::shared_ptr<Clock> clock, const AppendSessionOptions& options)
      : clock_(std::move(clock)),
        open_timeout_(options.open_timeout),
        ack_timeout_(options.ack_timeout) {}

  // Begins an attempt, for the transport to open.
  void Open(std::weak_ptr<AppendCore> core, absl::Time now, AppendActions& actions);

  // Is this the current attempt? Any other is over.
  bool IsCurrent(const AppendAttempt& attempt) const { return &attempt == attempt_.get(); }

  // The current attempt has its call; it may have been accepted before.
  void OnOpened(std::shared_ptr<AppendCall> call) { call_ = std::move(call); }
  // The server has accepted it.
  void OnAccepted() { attempt_->writable = true; }

  // Asks for the next ack.
  void Read(AppendActions& actions) const;
  // Writes the next batch, if it is to be written now.
  void Write(AppendQueue& queue, absl::Time now, AppendActions& actions);
  // The write under way is over.
  void OnWrite(bool ok, absl::Time now, AppendActions& actions);
  // An ack has come.
  void OnAck(absl::Time now) { acked_at_ = now; }

  // A write is under way.
  bool writing() const { return attempt_ != nullptr && attempt_->writing != nullptr; }

  // There is nothing more to write: lets the server end the stream, if it can. Nobody waits for
  // that; after a while the call is cancelled.
  void HalfClose(AppendActions& actions);

  // The attempt is over.
  void End(AppendActions& actions);
  // The same, and its call is to be given up.
  void Cancel(AppendActions& actions);

  // When the server must have accepted the attempt, and the error if it has not.
  absl::Time OpenDeadline() const { return opened_at_ + open_timeout_; }
  absl::Status OpenTimeout() const;
  // When the next ack, or the end of the write under way, must have come, and the error if it has
  // not.
  absl::Time AckDeadline(const Inflight& inflight) const;
  absl::Status AckTimeout(const Inflight& inflight) const;

 private:
  const std::shared_ptr<Clock> clock_;
  const absl::Duration open_timeout_;
  const absl::Duration ack_timeout_;

  // Null: no stream is open.
  std::shared_ptr<AppendAttempt> attempt_;
  // The call of attempt_; null until the transport has returned it.
  std::shared_ptr<AppendCall> call_;
  absl::Time opened_at_;       // attempt_ was
  absl::Time write_began_at_;  // the last one
  absl::Time acked_at_;        // the last one
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_APPEND_APPEND_STREAM_H_
