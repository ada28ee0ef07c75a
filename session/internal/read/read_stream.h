// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_READ_READ_STREAM_H_
#define S2_SESSION_INTERNAL_READ_READ_STREAM_H_

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "s2/rpc/v1/stream.pb.h"
#include "s2/session/internal/read/read_actions.h"
#include "s2/session/internal/read/read_attempt.h"
#include "s2/session/internal/read/spare_batches.h"
#include "s2/session/internal/transport.h"
#include "s2/session/read_session.h"

namespace s2::internal {

// The stream that a read session has open, if it has one: the current attempt, its call, the one
// read under way, and how long the session waits for what. Not thread safe: the session's mutex
// guards it.
class ReadStream {
 public:
  explicit ReadStream(const ReadSessionOptions& options)
      : open_timeout_(options.open_timeout), heartbeat_timeout_(options.heartbeat_timeout) {}

  // Begins an attempt, for the transport to open.
  void Open(std::weak_ptr<ReadCore> core, rpc::v1::ReadRequest request, absl::Time now,
            ReadActions& actions);

  // Is this the current attempt? Any other is over.
  bool IsCurrent(const ReadAttempt& attempt) const { return &attempt == attempt_.get(); }

  // The current attempt has its call; it may have been accepted before.
  void OnOpened(std::shared_ptr<ReadCall> call) { call_ = std::move(call); }
  // The server has accepted it.
  void OnAccepted(absl::Time now) {
    accepted_at_ = waits_since_ = now;
    OnResumed(now);
  }
  // The session asks on, after it had asked for nothing for a while.
  void OnResumed(absl::Time now) {
    resumed_at_ = now;
    owes_word_ = true;
  }

  // Asks for the next frame, to be read into a spare batch if there is one.
  void Read(SpareBatches& spares, absl::Time now, ReadActions& actions);
  // A frame has come.
  void OnRead() { reading_ = owes_word_ = false; }

  // There is a call, and it was not asked for a frame.
  bool may_read() const { return call_ != nullptr && !reading_; }

  // Has the stream stood for so long, `now`, that it proves a network that works? Its first
  // heartbeat, which comes at once, does not.
  bool HasStood(absl::Time now) const;
  // Until when a session that is over waits for what the server may have sent before: InfinitePast
  // if a frame has come since the session began to ask, InfiniteFuture while it does not ask.
  absl::Time LastWordDeadline() const;

  // The attempt is over.
  void End(ReadActions& actions);
  // The same, and its call is to be given up.
  void Cancel(ReadActions& actions);

  // When the server must have accepted the attempt, and the error if it has not.
  absl::Time OpenDeadline() const { return opened_at_ + open_timeout_; }
  absl::Status OpenTimeout() const;
  // When the next frame must have come, and the error if it has not.
  absl::Time HeartbeatDeadline() const;
  absl::Status HeartbeatTimeout() const;

 private:
  const absl::Duration open_timeout_;
  const absl::Duration heartbeat_timeout_;

  // Null: no stream is open.
  std::shared_ptr<ReadAttempt> attempt_;
  // The call of attempt_; null until the transport has returned it.
  std::shared_ptr<ReadCall> call_;
  bool reading_ = false;    // a Read of call_ is under way, or has failed
  absl::Time opened_at_;    // attempt_ was
  absl::Time accepted_at_;  // it was, if it was
  absl::Time resumed_at_;   // OnResumed
  bool owes_word_ = false;  // no frame has come since
  absl::Time waits_since_;  // for the frame that was asked for: asked or accepted, what was later
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_READ_READ_STREAM_H_
