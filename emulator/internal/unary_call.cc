// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/emulator/internal/unary_call.h"

#include <utility>

#include "s2/retry/grpc_status.h"
#include "s2/server/internal/call_metadata.h"
#include "s2/server/internal/call_reactor.h"

namespace s2::emulator {
namespace {

// The server's half of a unary call that is answered after a delay, or never.
class LateAnswer final : public server::CallReactor<grpc::ServerUnaryReactor> {
 public:
  static grpc::ServerUnaryReactor* Start(std::shared_ptr<Core> core,
                                         grpc::CallbackServerContext* context, absl::Status status,
                                         absl::Duration delay) {
    const std::shared_ptr<LateAnswer> answer(
        new LateAnswer(std::move(core), context, std::move(status)));
    if (answer->Enter()) answer->EndIn(delay);
    return answer.get();
  }

  void Drain() override { End(status_); }

 private:
  LateAnswer(std::shared_ptr<Core> core, grpc::CallbackServerContext* context, absl::Status status)
      : CallReactor(core->calls(), core->meter(), context, std::nullopt),
        core_(std::move(core)),
        status_(std::move(status)) {}

  void EndIn(absl::Duration delay) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    if (ending_locked() || delay == absl::InfiniteDuration()) return;
    timer_ = core_->clock()->CallAt(core_->clock()->Now() + delay, [weak = weak_from_this()] {
      if (const auto answer = weak.lock()) answer->Drain();
    });
  }

  const std::shared_ptr<Core> core_;
  const absl::Status status_;
  std::unique_ptr<Timer> timer_ ABSL_GUARDED_BY(mu_);
};

grpc::ServerUnaryReactor* Answer(Core& core, grpc::CallbackServerContext* context,
                                 const absl::Status& status) {
  core.meter().CallEnded(status);
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(ToGrpc(status));
  return reactor;
}

}  // namespace

grpc::ServerUnaryReactor* AnswerUnary(const std::shared_ptr<Core>& core,
                                      grpc::CallbackServerContext* context, FaultPoint point,
                                      const UnaryEffect& effect) {
  if (absl::Status s = core->calls().Admit(); !s.ok()) {
    core->meter().CallEnded(s);
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    core->calls().Refuse([reactor, s] { reactor->Finish(ToGrpc(s)); });
    return reactor;
  }
  if (absl::Status s = server::CheckMetadata(*context); !s.ok()) return Answer(*core, context, s);
  if (core->faults().empty()) return Answer(*core, context, effect.run());

  point.message.reset();
  std::optional<FaultAction> fault = core->faults().Strike(point);
  const bool at_open = fault.has_value();
  if (!at_open) {
    point.message = 0;
    fault = core->faults().Strike(point);
  }
  if (!fault) return Answer(*core, context, effect.run());
  switch (fault->kind) {
    case FaultAction::Kind::kFail:
    case FaultAction::Kind::kCut:
      if (fault->after_effect) (void)effect.run();
      return Answer(*core, context, fault->error);
    case FaultAction::Kind::kReconnect:
      return Answer(*core, context, server::DrainingError(0));
    case FaultAction::Kind::kSilence:
      if (!at_open) (void)effect.run();
      return LateAnswer::Start(core, context, absl::OkStatus(), absl::InfiniteDuration());
    case FaultAction::Kind::kDelay:
      return LateAnswer::Start(core, context, effect.run(), fault->delay);
    case FaultAction::Kind::kMutate: {
      const absl::Status status = effect.run();
      if (status.ok() && effect.mutate) effect.mutate(*fault);
      return Answer(*core, context, status);
    }
    case FaultAction::Kind::kApplyLate:
      if (effect.run_late) effect.run_late(fault->late_after);
      return Answer(*core, context, fault->error);
    case FaultAction::Kind::kNoHeartbeats:
      break;
  }
  return Answer(*core, context, effect.run());
}

}  // namespace s2::emulator
