// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_CALLS_SESSION_H_
#define S2_GATEWAY_INTERNAL_CALLS_SESSION_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "s2/gateway/internal/calls/core.h"
#include "s2/gateway/internal/http2/http2.h"
#include "s2/gateway/internal/s2s/stream.h"
#include "s2/server/internal/calls.h"
#include "s2/server/internal/held_bytes.h"
#include "s2/server/internal/meter.h"

namespace s2::gateway {

// The same error; if it is S2's `server_draining`, then with the word to reconnect.
absl::Status WithReconnect(const absl::Status& error, uint64_t forwarded);

// A client's call on one side, a session with S2 on the other: what AppendSession and ReadSession
// have in common. S2's messages go to the client as they come, and its end becomes the call's. A
// message is given back to the stream's window only when gRPC has taken it: so what waits here is
// no more than the window. Owns itself until gRPC is done with it.
//
// gRPC destroys its side of a call once it is finished and no reaction runs. So whoever starts
// something on it outside of a reaction holds it meanwhile.
template <typename Reactor>
class Session : public Reactor,
                public S2sEvents,
                public server::Call,
                public std::enable_shared_from_this<Session<Reactor>> {
 public:
  void OnWriteDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnCancel() override ABSL_LOCKS_EXCLUDED(mu_);
  void OnDone() override;

  void OnAccepted() override ABSL_LOCKS_EXCLUDED(mu_);
  void OnFrame(Frame frame) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnRoom() override {}
  void OnEnd(const absl::Status& status) override ABSL_LOCKS_EXCLUDED(mu_);

  void Kill() override ABSL_LOCKS_EXCLUDED(mu_);

 protected:
  Session(std::shared_ptr<Core> core, grpc::CallbackServerContext* context)
      : core_(std::move(core)), held_(core_->held()), context_(context) {}

  // Sends the request, or ends the call with what is wrong with it.
  void Open(absl::StatusOr<http2::Request> request);

  // The session has been accepted, and the client told. The call is held.
  virtual void Begin() {}
  // A message has been added to frames_.
  virtual void ReceivedLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {}
  // gRPC has taken a message. In a reaction.
  virtual void Taken() {}
  // What the client is told when S2 ends like this.
  virtual absl::Status VerdictLocked(const absl::Status& status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) = 0;

  // Ends the call with this status, once frames_ are out.
  void End(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);
  // Writes the next message or finishes, if it is time.
  void Pump() ABSL_LOCKS_EXCLUDED(mu_);
  // The call is not finished before it is released.
  void HoldLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { ++holds_; }
  void Release() ABSL_LOCKS_EXCLUDED(mu_);

  // Messages that gRPC has not taken, the one under way included.
  size_t UntakenLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return frames_.size() + (state_ == State::kWriting ? 1 : 0);
  }

  S2sStream& stream() { return *stream_; }

  const std::shared_ptr<Core> core_;

  absl::Mutex mu_;
  std::deque<Frame> frames_ ABSL_GUARDED_BY(mu_);         // to be written
  server::Holding held_ ABSL_GUARDED_BY(mu_);             // frames_, and what is being written
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mu_);  // once frames_ is empty
  std::optional<absl::Status> cut_ ABSL_GUARDED_BY(mu_);  // now

 private:
  static constexpr server::SessionKind kKind =
      std::is_same_v<Reactor, grpc::ServerWriteReactor<grpc::ByteBuffer>>
          ? server::SessionKind::kRead
          : server::SessionKind::kAppend;

  enum class State {
    kIdle,     // no write is under way
    kWriting,  // one is
    kFinished,
  };

  grpc::CallbackServerContext* const context_;  // valid until OnDone
  std::shared_ptr<Session> self_;               // until OnDone

  // Set by Open, before any reaction or event.
  std::shared_ptr<S2sStream> stream_;
  std::optional<uint64_t> id_;

  // Touched by the one write that is under way.
  grpc::ByteBuffer message_;
  size_t message_size_on_wire_ = 0;

  State state_ ABSL_GUARDED_BY(mu_) = State::kIdle;
  int holds_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_CALLS_SESSION_H_
