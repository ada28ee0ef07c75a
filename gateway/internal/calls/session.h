// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_CALLS_SESSION_H_
#define S2_GATEWAY_INTERNAL_CALLS_SESSION_H_

#include <grpcpp/support/byte_buffer.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "s2/gateway/internal/calls/core.h"
#include "s2/gateway/internal/http2/http2.h"
#include "s2/gateway/internal/s2s/stream.h"
#include "s2/server/internal/bidi_reactor.h"
#include "s2/server/internal/held_bytes.h"
#include "s2/server/internal/write_reactor.h"

namespace s2::gateway {

// A client's call on one side, of which `Half` is the server's half, and a session with S2 on the
// other: what AppendSession and ReadSession have in common. S2's messages go to the client as they
// come, and S2's end of its session becomes the end of the call. A message is given back to the
// stream's window only when gRPC has taken it: so what waits here is no more than the window.
//
// Events of the stream come on its I/O thread, one at a time; reactions of gRPC on its threads.
template <typename Half>
class Session : public Half, public S2sEvents {
 public:
  void OnAccepted() override ABSL_LOCKS_EXCLUDED(mu_);
  void OnFrame(Frame frame) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnRoom() override {}
  void OnEnd(const absl::Status& status) override ABSL_LOCKS_EXCLUDED(mu_);

 protected:
  using Half::mu_;
  using typename Half::Next;

  Session(std::shared_ptr<Core> core, grpc::CallbackServerContext* context,
          server::SessionKind kind)
      : Half(core->calls(), core->meter(), context, kind),
        core_(std::move(core)),
        held_(core_->held()) {}

  // Enters the call, and sends the request, or ends the call with what is wrong with it.
  void Open(absl::StatusOr<http2::Request> request) ABSL_LOCKS_EXCLUDED(mu_);

  // The session is accepted, and the client is told. The call is held.
  virtual void Begin() {}
  // A message has been added to frames_.
  virtual void OnFrameLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {}
  // What the call ends with when S2 ends its session like this.
  virtual absl::Status VerdictLocked(const absl::Status& status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) = 0;

  // How many messages gRPC has not taken, the one being written included.
  size_t untaken_locked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return frames_.size() + (this->writing_locked() ? 1 : 0);
  }

  S2sStream& stream() { return *stream_; }

  const std::shared_ptr<Core> core_;

  std::deque<Frame> frames_ ABSL_GUARDED_BY(mu_);  // S2's messages that are to be written
  server::Holding held_ ABSL_GUARDED_BY(mu_);      // counts frames_ and the one being written

 private:
  Next NextMessageLocked(grpc::ByteBuffer& message) final ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status PrepareMessage(grpc::ByteBuffer& message) final;
  void OnWritten() final ABSL_LOCKS_EXCLUDED(mu_);
  void OnFinish() final { stream_->Cancel(); }

  std::shared_ptr<S2sStream> stream_;  // set by Open, before any reaction or event

  Frame writing_;  // what is being written; touched by the one write that is under way
};

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_CALLS_SESSION_H_
