// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_CALLS_APPEND_SESSION_H_
#define S2_GATEWAY_INTERNAL_CALLS_APPEND_SESSION_H_

#include <deque>
#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "s2/gateway/internal/calls/session.h"

namespace s2::gateway {

// The gateway's half of one AppendSession call. Inputs are read from the client while S2 has room
// for them, and no more than 8192 are without an ack that gRPC has taken: so one session holds at
// most two inputs, what waits for S2's windows (1 MiB), and those acks.
class AppendSession final
    : public Session<server::BidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>> {
 public:
  static grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Start(
      std::shared_ptr<Core> core, grpc::CallbackServerContext* context,
      absl::StatusOr<http2::Request> request);

  void OnRoom() override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  AppendSession(std::shared_ptr<Core> core, grpc::CallbackServerContext* context)
      : Session(std::move(core), context, server::SessionKind::kAppend) {}

  void Begin() override { StartInputs(); }

  // Forwards the input to S2, or stops.
  void OnInput(grpc::ByteBuffer& input) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnInputsEnd() override { stream().EndWrites(); }
  bool WantsInputLocked() const override ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool OwesLocked() const override ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return acked_ < taken_locked();
  }

  // The frame is the ack of the first input that has none.
  void OnFrameLocked() override ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status VerdictLocked(const absl::Status& status) override
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  bool room_ ABSL_GUARDED_BY(mu_) = true;    // S2 has room for another input
  uint64_t acked_ ABSL_GUARDED_BY(mu_) = 0;  // inputs that S2 has acked; see frames_, too
  std::deque<absl::Time> taken_at_ ABSL_GUARDED_BY(mu_);  // when each input came that has no ack
};

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_CALLS_APPEND_SESSION_H_
