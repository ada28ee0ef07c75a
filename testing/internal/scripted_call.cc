// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/testing/internal/scripted_call.h"

#include <utility>

#include "s2/retry/clock.h"
#include "s2/retry/grpc_status.h"
#include "s2/retry/internal/await_until.h"
#include "s2/session/internal/background_executor.h"
#include "s2/testing/internal/short_text.h"

namespace s2::testing {

template <typename Call>
ScriptedCall<Call>::ScriptedCall()
    : reactions_(std::make_shared<internal::SerialExecutor>(internal::BackgroundExecutor())) {}

template <typename Call>
void ScriptedCall<Call>::Refuse(absl::Status status) {
  absl::MutexLock lock(&mu_);
  refused_ = true;
  status_ = std::move(status);
}

template <typename Call>
void ScriptedCall<Call>::Add(Step step) {
  {
    absl::MutexLock lock(&mu_);
    steps_.push_back(std::move(step));
  }
  GoOn();
}

template <typename Call>
bool ScriptedCall<Call>::WaitPlayed(absl::Time deadline) const {
  const auto played = [this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) {
    if (reacting_) return false;
    return state_ == State::kOver || (state_ >= State::kPlaying && steps_.empty());
  };
  absl::MutexLock lock(&mu_);
  const bool over = internal::AwaitUntil(mu_, absl::Condition(&played), *Clock::System(), deadline);
  return over && steps_.empty();
}

template <typename Call>
void ScriptedCall<Call>::Verify(const std::string& name) const {
  absl::MutexLock lock(&mu_);
  if (state_ == State::kScripted) {
    ADD_FAILURE() << name << " was not opened";
    return;
  }
  for (const Step& step : steps_) {
    if (step.kind != Step::Kind::kExpect) continue;
    ADD_FAILURE() << name << ": what did not come "
                  << ::testing::DescribeMatcher<const Input&>(step.input);
  }
  const Input* const pending = steps_.empty() ? call_->write() : nullptr;
  if (pending == nullptr && unexpected_.empty()) return;
  ADD_FAILURE() << name << ": no step expects "
                << (pending != nullptr ? ShortText(*pending) : unexpected_);
}

template <typename Call>
void ScriptedCall<Call>::Open(std::shared_ptr<Call> call) {
  // The call is held by its script, and must not hold it.
  call->on_verb = [weak = this->weak_from_this()] {
    if (const auto self = weak.lock()) self->GoOn();
  };
  absl::MutexLock lock(&mu_);
  state_ = State::kOpened;
  call_ = std::move(call);
}

template <typename Call>
void ScriptedCall<Call>::GoOn() {
  reactions_->Add([self = this->shared_from_this()] { self->Play(); });
  reactions_->Kick();
}

template <typename Call>
void ScriptedCall<Call>::Play() {
  while (true) {
    Reaction reaction;
    {
      absl::MutexLock lock(&mu_);
      reaction = NextLocked();
      reacting_ = reaction != nullptr;
    }
    if (reaction == nullptr) return;
    reaction();
  }
}

template <typename Call>
auto ScriptedCall<Call>::NextLocked() -> Reaction {
  switch (state_) {
    case State::kScripted:
    case State::kOver:
      return nullptr;
    case State::kOpened:
      if (!call_->started()) return nullptr;
      state_ = refused_ ? State::kEnding : State::kPlaying;
      return [call = call_, accepted = !refused_] { call->AnswerMetadata(accepted, accepted); };
    case State::kPlaying:
      return NextStepLocked();
    case State::kEnding:
      return WindUpLocked();
  }
  return nullptr;
}

template <typename Call>
auto ScriptedCall<Call>::NextStepLocked() -> Reaction {
  if (call_->let_go()) return EndLocked(absl::CancelledError("cancelled by the client"));
  if (call_->half_closing()) return [call = call_] { call->CompleteWritesDone(true); };
  if (steps_.empty()) return call_->half_closed() ? EndLocked(absl::OkStatus()) : nullptr;
  Step& next = steps_.front();
  if (next.kind == Step::Kind::kExpect && call_->write() == nullptr) return nullptr;
  if (next.kind == Step::Kind::kAnswer && !call_->reading()) return nullptr;
  Step step = std::move(next);
  steps_.pop_front();
  switch (step.kind) {
    case Step::Kind::kExpect:
      return [call = call_, input = std::move(step.input)] {
        EXPECT_THAT(*call->write(), input);
        call->CompleteWrite(true);
      };
    case Step::Kind::kAnswer:
      return [call = call_, output = std::move(step.output)]() mutable {
        call->CompleteRead(true, std::move(output));
      };
    case Step::Kind::kEnd:
      return EndLocked(std::move(step.status));
  }
  return nullptr;
}

template <typename Call>
auto ScriptedCall<Call>::EndLocked(absl::Status status) -> Reaction {
  state_ = State::kEnding;
  status_ = std::move(status);
  if (call_->write() != nullptr && steps_.empty() && absl::IsCancelled(status_)) {
    unexpected_ = ShortText(*call_->write());
  }
  return WindUpLocked();
}

template <typename Call>
auto ScriptedCall<Call>::WindUpLocked() -> Reaction {
  if (call_->write() != nullptr) return [call = call_] { call->CompleteWrite(false); };
  if (call_->half_closing()) return [call = call_] { call->CompleteWritesDone(false); };
  if (call_->reading()) return [call = call_] { call->CompleteRead(false); };
  if (call_->holds() > 0) return nullptr;
  state_ = State::kOver;
  return [call = call_, status = ToGrpc(status_)] { call->End(status); };
}

template class ScriptedCall<AppendStubCall>;
template class ScriptedCall<ReadStubCall>;

}  // namespace s2::testing
