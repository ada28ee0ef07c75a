// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SERVER_INTERNAL_WRITE_REACTOR_H_
#define S2_SERVER_INTERNAL_WRITE_REACTOR_H_

#include "s2/server/internal/call_reactor.h"

namespace s2::server {

// The server's half of a session: a CallReactor that accepts it and writes messages, one at a time.
// It pulls them: NextMessageLocked is asked for the next one whenever the last is out, and Pump
// asks again when it had none.
template <typename Reactor, typename Message>
class WriteReactor : public CallReactor<Reactor> {
 public:
  void OnWriteDone(bool ok) final ABSL_LOCKS_EXCLUDED(mu_);

 protected:
  using Base = CallReactor<Reactor>;
  using Base::mu_;
  using typename Base::Next;

  WriteReactor(Calls& calls, Meter& meter, grpc::CallbackServerContext* context, SessionKind kind)
      : Base(calls, meter, context, kind) {}

  // Tells the client at once that its session is accepted; once, and the call is held. No message
  // is asked for before.
  void Accept() ABSL_LOCKS_EXCLUDED(mu_);

  // Fills in the next message, if there is one.
  virtual Next NextMessageLocked(Message& message) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) = 0;
  // Does with that message what would take too long under the lock. An error cuts the call.
  virtual absl::Status PrepareMessage(Message& message) { return absl::OkStatus(); }
  // gRPC has taken that message, or never will. In a reaction; no other message is asked for
  // meanwhile.
  virtual void OnWritten() {}
  // Reads from the client, if there is something to be read and it is time. In a reaction.
  virtual void ReadOn() {}

 private:
  Next NextLocked() final ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Write(bool more) final ABSL_LOCKS_EXCLUDED(mu_);

  Message message_;  // filled in under the lock; then of the one write that is under way
  bool accepted_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace s2::server

#endif  // S2_SERVER_INTERNAL_WRITE_REACTOR_H_
