// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/internal/stub_pool.h"

#include <grpcpp/channel.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "s2/client/internal/channel_probe.h"
#include "s2/retry/error.h"
#include "s2/retry/internal/background.h"

namespace s2::internal {
namespace {

// A channel that is younger than this is not replaced.
constexpr absl::Duration kReplaceAfter = absl::Milliseconds(100);
// How long a sign of life may take.
constexpr absl::Duration kProbePatience = absl::Seconds(2);
// How long the acceptance of a session may take, beside three times what it took at the fastest.
constexpr absl::Duration kRoomPatience = absl::Milliseconds(250);
// A server's limit, once learned, is believed for this long: servers are replaced.
constexpr absl::Duration kBelieved = absl::Minutes(10);

// The stubs of a channel, and what must outlive them.
struct OwnedStubs {
  // Destroyed last.
  std::shared_ptr<const void> owner;
  std::unique_ptr<rpc::v1::AccountService::StubInterface> account;
  std::unique_ptr<rpc::v1::BasinService::StubInterface> basin;
  std::unique_ptr<rpc::v1::StreamService::StubInterface> stream;
};

// How a session ends that waits for a stream on a channel that is full. It goes elsewhere, at once.
absl::Status NoRoom() {
  rpc::v1::ErrorInfo info =
      GetErrorInfo(MakeError(ErrorCode::kUnavailable, "the connection has no room for one more"));
  info.mutable_reconnect()->set_forwarded(0);
  info.set_not_sent(true);
  return MakeError(info, info.message());
}

}  // namespace

Stubs MakeStubs(std::shared_ptr<grpc::Channel> channel, std::shared_ptr<const void> owner) {
  auto owned = std::make_shared<OwnedStubs>();
  owned->owner = std::move(owner);
  owned->account = rpc::v1::AccountService::NewStub(channel);
  owned->basin = rpc::v1::BasinService::NewStub(channel);
  owned->stream = rpc::v1::StreamService::NewStub(channel);
  Stubs stubs;
  stubs.account = {owned, owned->account.get()};
  stubs.basin = {owned, owned->basin.get()};
  stubs.stream = {owned, owned->stream.get()};
  return stubs;
}

std::shared_ptr<StubPool> StubPool::Of(Stubs stubs, std::shared_ptr<const void> claim) {
  auto pool = std::shared_ptr<StubPool>(new StubPool());
  pool->claim_ = std::move(claim);
  pool->max_calls_ = std::numeric_limits<size_t>::max();
  absl::MutexLock lock(&pool->mu_);
  pool->members_.push_back(NewMember());
  pool->members_.back()->stubs = std::move(stubs);
  return pool;
}

std::shared_ptr<StubPool> StubPool::Growing(std::function<std::shared_ptr<grpc::Channel>()> make,
                                            size_t max_calls, std::shared_ptr<Clock> clock) {
  auto pool = std::shared_ptr<StubPool>(new StubPool());
  pool->make_ = std::move(make);
  pool->max_calls_ = max_calls;
  pool->clock_ = std::move(clock);
  absl::MutexLock lock(&pool->mu_);
  pool->timer_ = std::make_unique<LazyTimer>(pool->clock_);
  pool->timer_->Start([weak = std::weak_ptr<StubPool>(pool)] {
    if (const auto self = weak.lock()) self->OnTimer();
  });
  return pool;
}

std::shared_ptr<StubPool::Lease> StubPool::ForCall() { return Take(nullptr); }

std::shared_ptr<StubPool::Lease> StubPool::ForSession(
    std::function<void(const absl::Status&)> withdraw) {
  return Take(std::move(withdraw));
}

std::shared_ptr<StubPool::Member> StubPool::NewMember() {
  // The last reference to a member may be released in a reaction of gRPC. Its channel may be the
  // last of the process, whose destruction ends gRPC's threads, and its stubs may own a server,
  // whose destruction waits for calls, and for look-ups of names: the one would crash there, the
  // other deadlock. So members are destroyed in the background, where nothing waits for it.
  return std::shared_ptr<Member>(
      new Member(), [](Member* member) { RunInBackground([member] { delete member; }); });
}

std::shared_ptr<StubPool::Lease> StubPool::Take(std::function<void(const absl::Status&)> withdraw) {
  std::vector<std::shared_ptr<Member>> broken;  // destroyed without the lock
  {
    absl::MutexLock lock(&mu_);
    broken = RemoveBrokenLocked();
    if (std::shared_ptr<Member> member = FindLocked()) {
      return LeaseLocked(std::move(member), std::move(withdraw));
    }
  }
  std::shared_ptr<Member> made = NewMember();
  made->channel = make_();
  made->stubs = MakeStubs(made->channel);
  made->made = clock_->Now();
  absl::MutexLock lock(&mu_);
  // Another thread may have been faster.
  if (std::shared_ptr<Member> member = FindLocked()) {
    return LeaseLocked(std::move(member), std::move(withdraw));
  }
  members_.push_back(made);
  return LeaseLocked(std::move(made), std::move(withdraw));
}

std::shared_ptr<StubPool::Member> StubPool::FindLocked() {
  const size_t limit = LimitLocked();
  for (const std::shared_ptr<Member>& member : members_) {
    if (!member->in_doubt && member->calls < limit) return member;
  }
  return nullptr;
}

std::shared_ptr<StubPool::Lease> StubPool::LeaseLocked(
    std::shared_ptr<Member> member, std::function<void(const absl::Status&)> withdraw) {
  auto lease = std::make_shared<Lease>(shared_from_this(), std::move(member));
  ++lease->member_->calls;
  if (make_ == nullptr) return lease;
  lease->since_ = clock_->Now();
  lease->withdraw_ = std::move(withdraw);
  lease->member_->leases.push_back(lease.get());
  SetTimerLocked();
  return lease;
}

std::vector<std::shared_ptr<StubPool::Member>> StubPool::RemoveBrokenLocked() {
  const auto broken = std::stable_partition(members_.begin(), members_.end(),
                                            [&](const auto& member) { return !IsBroken(*member); });
  std::vector<std::shared_ptr<Member>> removed(std::make_move_iterator(broken),
                                               std::make_move_iterator(members_.end()));
  members_.erase(broken, members_.end());
  return removed;
}

bool StubPool::MayReplace(const Member& member) const {
  return member.channel != nullptr && clock_->Now() - member.made >= kReplaceAfter;
}

bool StubPool::IsBroken(const Member& member) const {
  return MayReplace(member) && member.channel->GetState(false) == GRPC_CHANNEL_TRANSIENT_FAILURE;
}

void StubPool::OnAccepted(Lease& lease) {
  if (make_ == nullptr) return;
  OnHeard(lease);
  absl::MutexLock lock(&mu_);
  Member& member = *lease.member_;
  lease.accepted_ = true;
  lease.withdraw_ = nullptr;
  member.last_accepted = clock_->Now();
  fastest_ = std::min(fastest_, member.last_accepted - lease.since_);
  // It allows more than was thought.
  limit_ = std::max(limit_, ++member.accepted);
  SetTimerLocked();
}

void StubPool::OnHeard(Lease& lease) {
  if (make_ == nullptr) return;
  absl::MutexLock lock(&mu_);
  lease.heard_.store(true, std::memory_order_relaxed);
  lease.member_->in_doubt = false;
}

void StubPool::OnSilence(const Lease& lease) {
  if (make_ == nullptr) return;
  const std::shared_ptr<Member>& member = lease.member_;
  {
    absl::MutexLock lock(&mu_);
    if (member->in_doubt || !MayReplace(*member)) return;
    member->in_doubt = true;
    for (Lease* other : member->leases) other->heard_.store(false, std::memory_order_relaxed);
  }
  ProbeChannel(member->channel, *clock_, kProbePatience,
               [weak = weak_from_this(), member](bool answered) {
                 if (const auto self = weak.lock()) self->OnProbed(member, answered);
               });
}

void StubPool::OnProbed(const std::shared_ptr<Member>& member, bool answered) {
  std::shared_ptr<Member> dead;  // destroyed without the lock
  absl::MutexLock lock(&mu_);
  if (!member->in_doubt) return;
  member->in_doubt = false;
  if (answered) return;
  const auto found = std::find(members_.begin(), members_.end(), member);
  if (found == members_.end()) return;
  dead = std::move(*found);
  members_.erase(found);
}

void StubPool::Release(Lease& lease) {
  absl::MutexLock lock(&mu_);
  Member& member = *lease.member_;
  --member.calls;
  if (make_ == nullptr) return;
  if (lease.accepted_) --member.accepted;
  member.leases.erase(std::find(member.leases.begin(), member.leases.end(), &lease));
}

size_t StubPool::LimitLocked() {
  if (make_ != nullptr && clock_->Now() - learned_ >= kBelieved) {
    limit_ = std::numeric_limits<size_t>::max();
  }
  return std::min(limit_, max_calls_);
}

// How long the server may take to accept a session where it has room for it.
absl::Duration StubPool::PatienceLocked() const { return kRoomPatience + 3 * fastest_; }

// When this member is full, should it accept nothing until then; InfiniteFuture: no session waits,
// or none was accepted, so that nothing is known of its server.
absl::Time StubPool::FullAtLocked(const Member& member) const {
  if (member.accepted == 0) return absl::InfiniteFuture();
  absl::Time oldest = absl::InfiniteFuture();
  for (const Lease* lease : member.leases) {
    if (lease->withdraw_ != nullptr) oldest = std::min(oldest, lease->since_);
  }
  return std::max(oldest, member.last_accepted) + PatienceLocked();
}

void StubPool::SetTimerLocked() {
  absl::Time next = absl::InfiniteFuture();
  for (const auto& member : members_) next = std::min(next, FullAtLocked(*member));
  timer_->Set(next);
}

void StubPool::OnTimer() {
  std::vector<std::function<void(const absl::Status&)>> withdraw;
  {
    absl::MutexLock lock(&mu_);
    if (!timer_->Due()) return;
    for (const auto& member : members_) {
      if (clock_->Now() < FullAtLocked(*member)) continue;
      size_t waiting = 0;
      for (Lease* lease : member->leases) {
        if (lease->withdraw_ == nullptr) continue;
        withdraw.push_back(std::exchange(lease->withdraw_, nullptr));
        ++waiting;
      }
      // Unary calls may have streams, or wait for them.
      limit_ = std::min(limit_, member->calls - waiting);
      learned_ = clock_->Now();
    }
    SetTimerLocked();
  }
  for (const auto& each : withdraw) each(NoRoom());
}

}  // namespace s2::internal
