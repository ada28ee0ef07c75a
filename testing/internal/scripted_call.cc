// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/testing/internal/scripted_call.h"

#include "s2/retry/grpc_status.h"
#include "s2/rpc/v1/stream.pb.h"
#include "s2/session/executor.h"
#include "s2/v1/s2.pb.h"
#include "s2/wire/metadata.h"

namespace s2::testing {

template <typename Input, typename Output>
ScriptedCall<Input, Output>::ScriptedCall()
    : reactions_(std::make_shared<internal::SerialExecutor>(Executor::Default())) {}

template <typename Input, typename Output>
void ScriptedCall<Input, Output>::Refuse(absl::Status status) {
  absl::MutexLock lock(&mu_);
  refused_ = true;
  status_ = std::move(status);
}

template <typename Input, typename Output>
void ScriptedCall<Input, Output>::Add(Step step) {
  {
    absl::MutexLock lock(&mu_);
    steps_.push_back(std::move(step));
  }
  GoOn();
}

template <typename Input, typename Output>
bool ScriptedCall<Input, Output>::WaitPlayed(absl::Time deadline) const {
  const auto played = [this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) {
    if (reacting_) return false;
    return state_ == State::kOver || (state_ >= State::kPlaying && steps_.empty());
  };
  absl::MutexLock lock(&mu_);
  return mu_.AwaitWithDeadline(absl::Condition(&played), deadline) && steps_.empty();
}

template <typename Input, typename Output>
void ScriptedCall<Input, Output>::Verify(const std::string& name) const {
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
  const bool pending = write_ != nullptr && steps_.empty();
  if (!pending && unexpected_.empty()) return;
  ADD_FAILURE() << name << ": no step expects "
                << (pending ? write_->ShortDebugString() : unexpected_);
}

template <typename Input, typename Output>
void ScriptedCall<Input, Output>::BeginCall(grpc::ClientContext* context) {
  absl::MutexLock lock(&mu_);
  state_ = State::kOpened;
  peer_.emplace(context).AddServerInitialMetadata(wire::kAcceptedKey, wire::kAcceptedValue);
}

template <typename Input, typename Output>
void ScriptedCall<Input, Output>::BeginPlay() {
  {
    absl::MutexLock lock(&mu_);
    state_ = State::kStarted;
  }
  GoOn();
}

template <typename Input, typename Output>
void ScriptedCall<Input, Output>::BeginRead(Output* output) {
  {
    absl::MutexLock lock(&mu_);
    if (read_ != nullptr) ADD_FAILURE() << "two reads at once abort the process";
    read_ = output;
  }
  GoOn();
}

template <typename Input, typename Output>
void ScriptedCall<Input, Output>::BeginWrite(const Input* input) {
  {
    absl::MutexLock lock(&mu_);
    if (write_ != nullptr) ADD_FAILURE() << "two writes at once abort the process";
    write_ = input;
  }
  GoOn();
}

template <typename Input, typename Output>
void ScriptedCall<Input, Output>::BeginWritesDone() {
  {
    absl::MutexLock lock(&mu_);
    half_closed_ = half_closing_ = true;
  }
  GoOn();
}

template <typename Input, typename Output>
void ScriptedCall<Input, Output>::ChangeHolds(int by) {
  {
    absl::MutexLock lock(&mu_);
    held_ = true;
    holds_ += by;
  }
  GoOn();
}

template <typename Input, typename Output>
void ScriptedCall<Input, Output>::GoOn() {
  reactions_->Add([self = this->shared_from_this()] { self->Play(); });
  reactions_->Kick();
}

template <typename Input, typename Output>
void ScriptedCall<Input, Output>::Play() {
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

template <typename Input, typename Output>
auto ScriptedCall<Input, Output>::NextLocked() -> Reaction {
  switch (state_) {
    case State::kScripted:
    case State::kOpened:
    case State::kOver:
      return nullptr;
    case State::kStarted:
      state_ = refused_ ? State::kEnding : State::kPlaying;
      return [this, accepted = !refused_] { ReactMetadata(accepted); };
    case State::kPlaying:
      return NextStepLocked();
    case State::kEnding:
      return WindUpLocked();
  }
  return nullptr;
}

template <typename Input, typename Output>
auto ScriptedCall<Input, Output>::NextStepLocked() -> Reaction {
  if (held_ && holds_ == 0) return EndLocked(absl::CancelledError("cancelled by the client"));
  if (std::exchange(half_closing_, false)) return [this] { ReactWritesDone(true); };
  if (steps_.empty()) return half_closed_ ? EndLocked(absl::OkStatus()) : nullptr;
  switch (steps_.front().kind) {
    case Step::Kind::kExpect:
      if (write_ == nullptr) return nullptr;
      break;
    case Step::Kind::kAnswer:
      if (read_ == nullptr) return nullptr;
      break;
    case Step::Kind::kEnd:
      break;
  }
  Step step = std::move(steps_.front());
  steps_.pop_front();
  switch (step.kind) {
    case Step::Kind::kExpect:
      return TakeWriteLocked(std::move(step));
    case Step::Kind::kAnswer:
      return AnswerLocked(std::move(step));
    case Step::Kind::kEnd:
      return EndLocked(std::move(step.status));
  }
  return nullptr;
}

template <typename Input, typename Output>
auto ScriptedCall<Input, Output>::TakeWriteLocked(Step step) -> Reaction {
  return [this, input = std::exchange(write_, nullptr), step = std::move(step)] {
    EXPECT_THAT(*input, step.input);
    ReactWrite(true);
  };
}

template <typename Input, typename Output>
auto ScriptedCall<Input, Output>::AnswerLocked(Step step) -> Reaction {
  return [this, output = std::exchange(read_, nullptr), step = std::move(step)]() mutable {
    *output = std::move(step.output);
    ReactRead(true);
  };
}

template <typename Input, typename Output>
auto ScriptedCall<Input, Output>::EndLocked(absl::Status status) -> Reaction {
  state_ = State::kEnding;
  status_ = std::move(status);
  if (write_ != nullptr && steps_.empty() && absl::IsCancelled(status_)) {
    unexpected_ = write_->ShortDebugString();
  }
  return WindUpLocked();
}

template <typename Input, typename Output>
auto ScriptedCall<Input, Output>::WindUpLocked() -> Reaction {
  if (std::exchange(write_, nullptr) != nullptr) return [this] { ReactWrite(false); };
  if (std::exchange(half_closing_, false)) return [this] { ReactWritesDone(false); };
  if (std::exchange(read_, nullptr) != nullptr) return [this] { ReactRead(false); };
  if (holds_ > 0) return nullptr;
  state_ = State::kOver;
  return [this, status = ToGrpc(status_)] { ReactDone(status); };
}

template class ScriptedCall<v1::AppendInput, v1::AppendAck>;
template class ScriptedCall<rpc::v1::ReadRequest, v1::ReadBatch>;

}  // namespace s2::testing
