// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/server/internal/calls.h"

#include <utility>
#include <vector>

#include "s2/retry/error.h"

namespace s2::server {

absl::Status GoneError() { return absl::UnavailableError("the server is gone"); }

absl::Status DrainingError(uint64_t forwarded) {
  constexpr char kMessage[] = "the server is going; reconnect";
  rpc::v1::ErrorInfo info = GetErrorInfo(MakeError(ErrorCode::kServerDraining, kMessage));
  info.mutable_reconnect()->set_forwarded(forwarded);
  return MakeError(info, kMessage);
}

absl::Status Calls::Admit() const {
  absl::MutexLock lock(&mu_);
  return AdmitLocked();
}

absl::Status Calls::AdmitLocked() const {
  switch (state_) {
    case State::kServing:
      return absl::OkStatus();
    case State::kDraining:
      return DrainingError(0);
    case State::kStopped:
      break;
  }
  return GoneError();
}

absl::StatusOr<uint64_t> Calls::Enter(std::weak_ptr<Call> call) {
  absl::MutexLock lock(&mu_);
  if (absl::Status s = AdmitLocked(); !s.ok()) return s;
  calls_.emplace(next_id_, std::move(call));
  return next_id_++;
}

void Calls::Leave(uint64_t id) {
  absl::MutexLock lock(&mu_);
  calls_.erase(id);
}

uint64_t Calls::NextId() {
  absl::MutexLock lock(&mu_);
  return next_id_++;
}

void Calls::Drain(absl::Time deadline) {
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

void Calls::Stop() {
  {
    absl::MutexLock lock(&mu_);
    state_ = State::kStopped;
  }
  KillAll();
}

std::vector<std::shared_ptr<Call>> Calls::CallsLocked() const {
  std::vector<std::shared_ptr<Call>> calls;
  for (const auto& [id, call] : calls_) {
    if (auto alive = call.lock()) calls.push_back(std::move(alive));
  }
  return calls;
}

void Calls::KillAll() {
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

}  // namespace s2::server
