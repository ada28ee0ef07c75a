// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/emulator/internal/unary_call.h"

#include <utility>

#include "s2/retry/grpc_status.h"

namespace s2::emulator {
namespace {

// A unary call that is answered later, or never. Owns itself until gRPC is done with it.
class LateAnswer : public grpc::ServerUnaryReactor,
                   public server::Call,
                   public std::enable_shared_from_this<LateAnswer> {
 public:
  static grpc::ServerUnaryReactor* Start(std::shared_ptr<Core> core, absl::Status status,
                                         absl::Duration delay) {
    std::shared_ptr<LateAnswer> answer(new LateAnswer(std::move(core), std::move(status)));
    answer->self_ = answer;
    answer->Wait(delay);
    return answer.get();
  }

  void OnCancel() override { FinishOnce(absl::CancelledError("the client is gone")); }
  void Drain() override { FinishOnce(status_); }
  void Kill() override { FinishOnce(server::GoneError()); }
  void OnDone() override {
    if (id_) core_->calls().Leave(*id_);
    self_.reset();
  }

 private:
  LateAnswer(std::shared_ptr<Core> core, absl::Status status)
      : core_(std::move(core)), status_(std::move(status)) {}

  void Wait(absl::Duration delay) {
    absl::StatusOr<uint64_t> id = core_->calls().Enter(weak_from_this());
    if (!id.ok()) return FinishOnce(id.status());
    id_ = *id;
    absl::MutexLock lock(&mu_);
    if (finished_ || delay == absl::InfiniteDuration()) return;
    timer_ = core_->clock().CallAt(core_->clock().Now() + delay, [self = weak_from_this()] {
      if (auto answer = self.lock()) answer->FinishOnce(answer->status_);
    });
  }

  void FinishOnce(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_) {
    {
      absl::MutexLock lock(&mu_);
      if (finished_) return;
      finished_ = true;
    }
    core_->meter().CallEnded(status);
    Finish(ToGrpc(status));
  }

  const std::shared_ptr<Core> core_;
  const absl::Status status_;
  std::shared_ptr<LateAnswer> self_;  // until OnDone
  std::optional<uint64_t> id_;        // set before any reaction

  absl::Mutex mu_;
  bool finished_ ABSL_GUARDED_BY(mu_) = false;
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
      return LateAnswer::Start(core, absl::OkStatus(), absl::InfiniteDuration());
    case FaultAction::Kind::kDelay:
      return LateAnswer::Start(core, effect.run(), fault->delay);
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
