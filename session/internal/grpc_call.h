// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_GRPC_CALL_H_
#define S2_SESSION_INTERNAL_GRPC_CALL_H_

#include <grpcpp/support/client_callback.h>

#include <atomic>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "s2/rpc/v1/stream.grpc.pb.h"
#include "s2/session/executor.h"
#include "s2/session/internal/call_gate.h"
#include "s2/session/internal/call_lease.h"
#include "s2/session/internal/stub_context.h"
#include "s2/session/internal/transport.h"

namespace s2::internal {

// How a call on the generated stubs ended: code, message, ErrorInfo. What gRPC itself reports when
// a connection breaks gets the code of kServerDisconnected; so does CANCELLED, with which a gRPC
// server meets calls that cross its GOAWAY: it says to reconnect, and leaves open what was taken.
// That gRPC would not send a token in the clear is explained.
absl::Status CallStatus(const grpc::Status& status);

// One streaming call on a generated stub: what AppendCall and ReadCall have in common, and all that
// gRPC wants of a reactor's life.
//
// It is made without a call. Its owner furnishes context() and then calls Start of the subclass or
// Fail, once; meanwhile the verbs are legal already. From Start to the end of OnDone it keeps
// itself, its events and the lease alive. gRPC destroys its side of the call as soon as no reaction
// and no hold is left: so one hold stays until the call has ended or was cancelled and no verb is
// at work. Nothing is called under the mutex.
template <typename Verbs, typename Reactor, typename Response>
class GrpcCall : public Verbs,
                 public std::enable_shared_from_this<GrpcCall<Verbs, Reactor, Response>>,
                 protected Reactor {
 public:
  // On `background` it says that it is over when it never began.
  GrpcCall(std::shared_ptr<CallEvents> events, std::shared_ptr<Executor> background)
      : background_(std::move(background)),
        events_(std::move(events)),
        wire_(std::make_unique<Wire>()) {}

  // Until Start or Fail.
  StubContext& context() { return wire_->context; }

  // The call cannot begin. Calls OnDone: not from a verb, not under the caller's locks.
  void Fail(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);

  // The call waits for room that its connection does not have: ends it with `status`, unless the
  // server has accepted it.
  void Withdraw(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);

  void Read(Response* response) final ABSL_LOCKS_EXCLUDED(mu_);
  void Cancel() final ABSL_LOCKS_EXCLUDED(mu_) { Stop(false); }
  void Abandon() final ABSL_LOCKS_EXCLUDED(mu_) { Stop(true); }

 protected:
  // Starts the call unless it was cancelled before. `bind` makes the stub's call with context() and
  // this reactor.
  template <typename Bind>
  void StartWith(std::shared_ptr<CallLease> lease, Bind bind) ABSL_LOCKS_EXCLUDED(mu_);

  // Runs a verb; before the call is there, at its start; after its end, never.
  template <typename Verb>
  void Do(Verb verb) ABSL_LOCKS_EXCLUDED(mu_);

  CallEvents& events() { return *events_; }

 private:
  enum class State {
    kNew,       // verbs are remembered
    kStarting,  // the same; the stub's call is being made
    kOpen,      // the gate is open
    kOver,      // cancelled, ended or never begun
  };

  void OnReadInitialMetadataDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnReadDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnDone(const grpc::Status& status) override;
  void DeliverRead(bool ok) ABSL_LOCKS_EXCLUDED(mu_);
  void Stop(bool silent) ABSL_LOCKS_EXCLUDED(mu_);
  void RemoveHoldIf(bool nobody_is_left);
  bool TakeAcceptance() ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status Verdict(const grpc::Status& status) ABSL_LOCKS_EXCLUDED(mu_);
  void Finish(const absl::Status& status);

  // The context holds the channel, and whoever gave the lease wants to be the last to do so.
  struct Wire {
    std::shared_ptr<CallLease> lease;
    StubContext context;
  };

  const std::shared_ptr<Executor> background_;

  // Set until OnDone. Reactions use them, and OnDone comes after all others; so does Cancel, while
  // it is in the gate.
  std::shared_ptr<CallEvents> events_;
  std::unique_ptr<Wire> wire_;
  // Set from Start to OnDone.
  std::shared_ptr<GrpcCall> self_;

  // Verbs at work; our hold stays while it is open or one is in it.
  CallGate gate_;
  // OnReadInitialMetadataDone has said what it had to say. Set under the mutex.
  std::atomic<bool> answered_{false};

  absl::Mutex mu_;
  State state_ ABSL_GUARDED_BY(mu_) = State::kNew;
  // The server has accepted, and the call can no longer be withdrawn.
  bool accepted_ ABSL_GUARDED_BY(mu_) = false;
  // Why it was withdrawn; OK: it was not.
  absl::Status withdrawn_ ABSL_GUARDED_BY(mu_);
  // Verbs that came before kOpen, in order.
  std::vector<absl::AnyInvocable<void()>> early_verbs_ ABSL_GUARDED_BY(mu_);
  // The outcome of a Read that overtook it, and waits, so that OnAccepted comes first.
  std::optional<bool> early_outcome_ ABSL_GUARDED_BY(mu_);
};

// An AppendSession call.
class GrpcAppendCall final
    : public GrpcCall<AppendCall, grpc::ClientBidiReactor<v1::AppendInput, v1::AppendAck>,
                      v1::AppendAck> {
 public:
  using GrpcCall::GrpcCall;

  // Begins. `lease` is told of Abandon and of the end, and given back after OnDone.
  void Start(rpc::v1::StreamService::StubInterface& stub, std::shared_ptr<CallLease> lease);

  void Write(const v1::AppendInput& input, bool more_follows) override;
  void WritesDone() override;

 private:
  void OnWriteDone(bool ok) override { events().OnWrite(ok); }
};

// A ReadSession call.
class GrpcReadCall final
    : public GrpcCall<ReadCall, grpc::ClientReadReactor<v1::ReadBatch>, v1::ReadBatch> {
 public:
  GrpcReadCall(rpc::v1::ReadRequest request, std::shared_ptr<CallEvents> events,
               std::shared_ptr<Executor> background)
      : GrpcCall(std::move(events), std::move(background)), request_(std::move(request)) {}

  // As GrpcAppendCall.
  void Start(rpc::v1::StreamService::StubInterface& stub, std::shared_ptr<CallLease> lease);

 private:
  const rpc::v1::ReadRequest request_;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_GRPC_CALL_H_
