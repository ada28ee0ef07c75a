// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_CALLS_APPEND_SESSION_H_
#define S2_GATEWAY_INTERNAL_CALLS_APPEND_SESSION_H_

#include <deque>
#include <memory>
#include <optional>

#include "absl/time/time.h"
#include "s2/gateway/internal/calls/session.h"

namespace s2::gateway {

// The gateway's side of one AppendSession call. Inputs are read from the client while S2 has room
// for them, and no more than 8192 are without an ack that gRPC has taken: so one session holds at
// most two inputs, what waits for S2's windows (1 MiB), and those acks.
//
// Every input is either forwarded, and counted, before the session stops taking them, or dropped
// for good.
class AppendSession final
    : public Session<grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>> {
 public:
  static grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Start(
      std::shared_ptr<Core> core, grpc::CallbackServerContext* context,
      absl::StatusOr<http2::Request> request);

  void OnReadDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnRoom() override ABSL_LOCKS_EXCLUDED(mu_);
  void Drain() override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  enum class Inputs {
    kNotYet,      // not accepted
    kUnread,      // there is no read under way
    kReading,     // there is
    kForwarding,  // one was read and is being handed on
    kClosed,      // no more is taken, and S2 is told
  };

  using Session::Session;

  void Begin() override ABSL_LOCKS_EXCLUDED(mu_);
  void Taken() override ABSL_LOCKS_EXCLUDED(mu_);
  void ReceivedLocked() override ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status VerdictLocked(const absl::Status& status) override
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  void Forward() ABSL_LOCKS_EXCLUDED(mu_);
  // Is it time to read? Then a read is to be started.
  bool ToReadLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Ends the session if it has stopped and is owed no more acks.
  void SettleLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  grpc::ByteBuffer input_;  // touched by the one read that is under way, or by its reaction

  Inputs inputs_ ABSL_GUARDED_BY(mu_) = Inputs::kNotYet;
  bool room_ ABSL_GUARDED_BY(mu_) = true;  // S2 has room for an input
  uint64_t forwarded_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t acked_ ABSL_GUARDED_BY(mu_) = 0;  // by S2; some acks may still be in frames_
  std::deque<absl::Time> forwarded_at_ ABSL_GUARDED_BY(mu_);  // of those without an ack
  // Why no more is taken, for another reason than the client's half-close; what the session ends
  // with when all that was forwarded is acked.
  std::optional<absl::Status> stop_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_CALLS_APPEND_SESSION_H_
