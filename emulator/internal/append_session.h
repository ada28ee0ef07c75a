// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EMULATOR_INTERNAL_APPEND_SESSION_H_
#define S2_EMULATOR_INTERNAL_APPEND_SESSION_H_

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "s2/emulator/internal/core.h"
#include "s2/retry/internal/lazy_timer.h"
#include "s2/server/internal/bidi_reactor.h"
#include "s2/v1/s2.pb.h"

namespace s2::emulator {

// The server's half of one AppendSession call. Inputs take effect as they come, in order; the acks
// they are owed go out in order. The first input that fails ends the session, after the acks of
// those before it; those behind it are dropped.
class AppendSession final : public server::BidiReactor<v1::AppendInput, v1::AppendAck>,
                            public StreamWatcher {
 public:
  static grpc::ServerBidiReactor<v1::AppendInput, v1::AppendAck>* Start(
      std::shared_ptr<Core> core, grpc::CallbackServerContext* context);

  void OnDone() override;

  void OnStreamChange() override;

 private:
  // An ack that has not been written to the client.
  struct Owed {
    v1::AppendAck ack;
    absl::Time taken;  // when its input came
    absl::Time due;    // it is not written before
  };

  AppendSession(std::shared_ptr<Core> core, grpc::CallbackServerContext* context)
      : BidiReactor(core->calls(), core->meter(), context, server::SessionKind::kAppend),
        core_(std::move(core)),
        timer_(core_->clock()) {}
  std::shared_ptr<AppendSession> self() {
    return std::static_pointer_cast<AppendSession>(shared_from_this());
  }

  // Enters the call, and begins unless a fault has it otherwise.
  void Open() ABSL_LOCKS_EXCLUDED(mu_);
  // Accepts the session and reads its inputs, unless it is ending or has no stream.
  void Begin() ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status OpenStream();

  void OnInput(v1::AppendInput& input) override ABSL_LOCKS_EXCLUDED(mu_);
  // Appends the input, whose ack is then late by `delay`, and changed as `fault` says.
  void Append(const v1::AppendInput& input, absl::Duration delay, const FaultAction& fault)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Leaves the input to the stream, to take effect when this session is over, as late_ says.
  void AppendLate(const v1::AppendInput& input) ABSL_LOCKS_EXCLUDED(mu_);
  void OnInputsEnd() override { End(absl::OkStatus()); }
  bool WantsInputLocked() const override ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  Next NextMessageLocked(v1::AppendAck& message) override ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void OnTimer() ABSL_LOCKS_EXCLUDED(mu_);

  const std::shared_ptr<Core> core_;

  // Set by Open and Begin, before any input comes.
  std::string basin_;
  std::string stream_name_;
  std::shared_ptr<Stream> stream_;

  // Touched by OnInput alone.
  std::optional<FaultAction> late_;  // a fault of kind kApplyLate that has struck
  int late_inputs_ = 0;              // how many more inputs it applies to

  bool begun_ ABSL_GUARDED_BY(mu_) = false;     // Begin has been called
  std::deque<Owed> owed_ ABSL_GUARDED_BY(mu_);  // in the order of their inputs
  // When to begin, if a fault delays that; then, when the next ack is due, if it is late.
  internal::LazyTimer timer_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::emulator

#endif  // S2_EMULATOR_INTERNAL_APPEND_SESSION_H_
