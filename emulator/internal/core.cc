// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/emulator/internal/core.h"

#include <utility>
#include <vector>

#include "s2/retry/error.h"

namespace s2::emulator {

absl::Status GoneError() { return absl::UnavailableError("the server is gone"); }

absl::Status DrainingError(uint64_t forwarded) {
  constexpr char kMessage[] = "the server is going; reconnect";
  rpc::v1::ErrorInfo info = GetErrorInfo(MakeError(ErrorCode::kServerDraining, kMessage));
  info.mutable_reconnect()->set_forwarded(forwarded);
  return MakeError(info, kMessage);
}

Core::Core(std::shared_ptr<Clock> clock, std::function<double()> random, size_t max_memory_bytes,
           absl::Duration deletion_hold)
    : clock_(std::move(clock)),
      random_(std::move(random)),
      memory_(std::make_shared<Memory>(max_memory_bytes)),
      account_(std::make_shared<Account>(clock_, memory_, deletion_hold)) {}

absl::Status Core::Admit() const {
  absl::MutexLock lock(&mu_);
  return AdmitLocked();
}

absl::Status Core::AdmitLocked() const {
  switch (state_) {
    case State::kServing:
      return absl::OkStatus();
    case State::kDraining:
      return MakeError(ErrorCode::kServerDraining, "the server is going");
    case State::kStopped:
      break;
  }
  return GoneError();
}

absl::StatusOr<uint64_t> Core::Enter(std::weak_ptr<Call> call) {
  absl::MutexLock lock(&mu_);
  if (absl::Status s = AdmitLocked(); !s.ok()) return s;
  calls_.emplace(next_id_, std::move(call));
  return next_id_++;
}

void Core::Leave(uint64_t id) {
  absl::MutexLock lock(&mu_);
  calls_.erase(id);
}

uint64_t Core::NextId() {
  absl::MutexLock lock(&mu_);
  return next_id_++;
}

void Core::Drain(absl::Time deadline) {
  std::vector<std::shared_ptr<Call>> calls;
  {
    absl::MutexLock lock(&mu_);
    if (state_ == State::kServing) state_ = State::kDraining;
    calls = CallsLocked();
  }
  for (const auto& call : calls) call->Drain();
  calls.clear();
  {
    const auto done = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return calls_.empty(); };
    absl::MutexLock lock(&mu_);
    if (mu_.AwaitWithDeadline(absl::Condition(&done), deadline)) return;
  }
  KillAll();
}

void Core::Stop() {
  {
    absl::MutexLock lock(&mu_);
    state_ = State::kStopped;
  }
  KillAll();
}

std::vector<std::shared_ptr<Call>> Core::CallsLocked() const {
  std::vector<std::shared_ptr<Call>> calls;
  for (const auto& [id, call] : calls_) {
    if (auto alive = call.lock()) calls.push_back(std::move(alive));
  }
  return calls;
}

void Core::KillAll() {
  std::vector<std::shared_ptr<Call>> calls;
  {
    absl::MutexLock lock(&mu_);
    calls = CallsLocked();
  }
  for (const auto& call : calls) call->Kill();
  calls.clear();
  const auto done = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return calls_.empty(); };
  absl::MutexLock lock(&mu_);
  mu_.Await(absl::Condition(&done));
}

}  // namespace s2::emulator
