// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SERVER_INTERNAL_CALL_REACTOR_H_
#define S2_SERVER_INTERNAL_CALL_REACTOR_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "s2/server/internal/calls.h"
#include "s2/server/internal/meter.h"

namespace s2::server {

// The server's half of a call that may last, on `Reactor`, one of gRPC's reactors: it keeps itself
// alive until gRPC is done with it, is among the calls under way (Calls) for as long, and finishes
// exactly once. WriteReactor adds the messages to the client, BidiReactor those from the client.
//
// A derived class is made by a std::shared_ptr, begins with Enter, and says how the call ends: End
// lets the messages that are still to be written go out first, Cut does not. The first of each kind
// counts, and a cut counts for more than an end. A client that is gone and Kill are cuts.
//
// Thread safe. `mu_` guards the state of the derived class too. Whatever has a name in ...Locked is
// called with it held and neither blocks nor calls gRPC; everything else is called without it.
// Reactions of one call overlap each other and the verbs of other threads.
//
// gRPC destroys its side of a call once the call is finished and no reaction runs. So whoever
// starts something on it (a read, the initial metadata) outside of a reaction holds the call
// meanwhile: a held call is not finished.
template <typename Reactor>
class CallReactor : public Reactor,
                    public Call,
                    public std::enable_shared_from_this<CallReactor<Reactor>> {
 public:
  void OnCancel() override ABSL_LOCKS_EXCLUDED(mu_);
  // gRPC is done with the call. Who overrides it calls this last: the call may be destroyed.
  void OnDone() override;

  void Kill() override ABSL_LOCKS_EXCLUDED(mu_);

 protected:
  // What the derived class has for gRPC to write.
  enum class Next {
    kNone,            // nothing: the call may finish
    kLater,           // nothing yet: the call does not finish before it, unless it is cut
    kMessage,         // a message
    kMessageAndMore,  // a message, and another one is certain to follow at once
  };

  // `kind`: the kind of session that the meter counts the call as; nothing for a unary call.
  // `context` is valid until OnDone.
  CallReactor(Calls& calls, Meter& meter, grpc::CallbackServerContext* context,
              std::optional<SessionKind> kind)
      : calls_(calls), meter_(meter), context_(context), kind_(kind) {}

  // Puts the call among those under way; `peer` as Calls::Enter has it. False: the call is refused,
  // or its metadata are bad, and it ends with the error that says so; nothing is left to do.
  bool Enter(const std::string& peer = "") ABSL_LOCKS_EXCLUDED(mu_);

  void End(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);
  void EndLocked(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Cut(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);
  void CutLocked(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Has End or Cut been called? Then no messages need be made any more.
  bool ending_locked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return end_ || cut_; }

  // Holds the call. False: it is ending, is not held, and nothing shall be started on it.
  bool Hold() ABSL_LOCKS_EXCLUDED(mu_);
  void HoldLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { ++holds_; }
  void Release() ABSL_LOCKS_EXCLUDED(mu_);

  // Writes the next message or finishes, if it is time. To be called after whatever changes what
  // NextLocked says.
  void Pump() ABSL_LOCKS_EXCLUDED(mu_);
  // Chooses what is written next; called when the last message is out.
  virtual Next NextLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return Next::kNone; }
  // Starts to write what NextLocked chose. `more`: it said kMessageAndMore.
  virtual void Write(bool more) {}
  // The message is out, and the next one may be chosen. Whoever calls this calls Pump then.
  void WrittenLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { state_ = State::kOpen; }
  // Has gRPC been told how the call ended, or is it about to be?
  bool finished_locked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return state_ == State::kFinished;
  }
  // Is a message being written?
  bool writing_locked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return state_ == State::kWriting;
  }

  // The call is about to finish, and needs no events any more; called once, before gRPC is told.
  virtual void OnFinish() {}

  // The number that Calls knows it by, unique in this process; set by Enter.
  uint64_t id() const { return *id_; }
  grpc::CallbackServerContext& context() { return *context_; }
  Meter& meter() { return meter_; }

  mutable absl::Mutex mu_;

 private:
  enum class State {
    kOpen,      // no message is being written
    kWriting,   // one is
    kFinished,  // gRPC has been told how the call ended
  };

  void Finish(const absl::Status& status);

  Calls& calls_;
  Meter& meter_;
  grpc::CallbackServerContext* const context_;
  const std::optional<SessionKind> kind_;
  std::shared_ptr<CallReactor> self_;  // from Enter until OnDone
  std::optional<uint64_t> id_;         // set by Enter, unless the call is refused

  State state_ ABSL_GUARDED_BY(mu_) = State::kOpen;
  int holds_ ABSL_GUARDED_BY(mu_) = 0;
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mu_);  // the first that End was called with
  std::optional<absl::Status> cut_ ABSL_GUARDED_BY(mu_);  // the first that Cut was called with
};

}  // namespace s2::server

#endif  // S2_SERVER_INTERNAL_CALL_REACTOR_H_
