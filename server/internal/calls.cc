// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/server/internal/calls.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "s2/retry/clock.h"
#include "s2/retry/error.h"
#include "s2/retry/internal/await_until.h"

namespace s2::server {
namespace {

bool AtLimit(size_t n, size_t limit) { return limit != 0 && n >= limit; }

}  // namespace

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
    case State::kHolding:
    case State::kDraining:
      return DrainingError(0);
    case State::kStopped:
      break;
  }
  return GoneError();
}

absl::Status Calls::CheckLimitsLocked(const std::string& peer) const {
  if (AtLimit(calls_.size(), limits_.max_calls)) {
    return MakeError(ErrorCode::kRateLimited, absl::StrCat("max_calls is ", limits_.max_calls,
                                                           ", and as many are under way"));
  }
  if (!peer.empty() && peers_.count(peer) == 0 && AtLimit(peers_.size(), limits_.max_connections)) {
    return MakeError(ErrorCode::kRateLimited,
                     absl::StrCat("max_connections is ", limits_.max_connections,
                                  ", and as many others have sessions"));
  }
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> Calls::Enter(std::weak_ptr<Call> call, const std::string& peer) {
  absl::MutexLock lock(&mu_);
  if (absl::Status s = AdmitLocked(); !s.ok()) return s;
  if (held_bytes_ != nullptr) {
    if (absl::Status s = held_bytes_->Check(); !s.ok()) return s;
  }
  if (absl::Status s = CheckLimitsLocked(peer); !s.ok()) return s;
  const auto of_peer = peer.empty() ? peers_.end() : peers_.emplace(peer, 0).first;
  if (of_peer != peers_.end()) ++of_peer->second;
  calls_.emplace(next_id_, Entry{std::move(call), of_peer});
  return next_id_++;
}

void Calls::Leave(uint64_t id) {
  absl::MutexLock lock(&mu_);
  const auto call = calls_.find(id);
  const auto peer = call->second.peer;
  if (peer != peers_.end() && --peer->second == 0) peers_.erase(peer);
  calls_.erase(call);
}

uint64_t Calls::NextId() {
  absl::MutexLock lock(&mu_);
  return next_id_++;
}

void Calls::Refuse(absl::AnyInvocable<void()> end) {
  {
    absl::MutexLock lock(&mu_);
    if (state_ == State::kHolding && !AtLimit(refusals_.size(), limits_.max_calls)) {
      refusals_.push_back(std::move(end));
      return;
    }
  }
  end();
}

void Calls::Drain() {
  std::vector<std::shared_ptr<Call>> calls;
  {
    absl::MutexLock lock(&mu_);
    if (state_ == State::kServing) state_ = State::kHolding;
    calls = CallsLocked();
  }
  for (const auto& call : calls) call->Drain();
}

void Calls::RefuseHeld() { EndHolding(State::kDraining); }

bool Calls::AwaitEnd(absl::Time deadline) const {
  const auto none = [this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return calls_.empty(); };
  absl::MutexLock lock(&mu_);
  return internal::AwaitUntil(mu_, absl::Condition(&none), *Clock::System(), deadline);
}

void Calls::Kill() {
  std::vector<std::shared_ptr<Call>> calls;
  {
    absl::MutexLock lock(&mu_);
    calls = CallsLocked();
  }
  for (const auto& call : calls) call->Kill();
  calls.clear();
  AwaitEnd(absl::InfiniteFuture());
}

void Calls::Stop() {
  EndHolding(State::kStopped);
  Kill();
}

void Calls::EndHolding(State state) {
  std::vector<absl::AnyInvocable<void()>> refusals;
  {
    absl::MutexLock lock(&mu_);
    if (state_ != State::kStopped) state_ = state;
    refusals.swap(refusals_);
  }
  for (auto& end : refusals) end();
}

std::vector<std::shared_ptr<Call>> Calls::CallsLocked() const {
  std::vector<std::shared_ptr<Call>> calls;
  for (const auto& [id, entry] : calls_) {
    if (auto alive = entry.call.lock()) calls.push_back(std::move(alive));
  }
  return calls;
}

}  // namespace s2::server
