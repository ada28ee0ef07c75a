// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/internal/stub_pool.h"

#include <grpcpp/channel.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "s2/retry/internal/background.h"

namespace s2::internal {
namespace {

// A channel that is younger than this is not replaced.
constexpr absl::Duration kReplaceAfter = absl::Milliseconds(100);

// The stubs of a channel, and what must outlive them.
struct OwnedStubs {
  // Destroyed last.
  std::shared_ptr<const void> owner;
  std::unique_ptr<rpc::v1::AccountService::StubInterface> account;
  std::unique_ptr<rpc::v1::BasinService::StubInterface> basin;
  std::unique_ptr<rpc::v1::StreamService::StubInterface> stream;
};

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

// A session's place on a channel.
class StubPool::Lease {
 public:
  Lease(std::shared_ptr<StubPool> pool, std::shared_ptr<Member> member)
      : pool_(std::move(pool)), member_(std::move(member)) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() { pool_->Release(*member_); }

  const Stubs* stubs() const { return &member_->stubs; }

 private:
  const std::shared_ptr<StubPool> pool_;
  const std::shared_ptr<Member> member_;
};

std::shared_ptr<StubPool> StubPool::Of(Stubs stubs, std::shared_ptr<const void> claim) {
  auto pool = std::shared_ptr<StubPool>(new StubPool());
  pool->claim_ = std::move(claim);
  pool->max_sessions_ = std::numeric_limits<size_t>::max();
  absl::MutexLock lock(&pool->mu_);
  pool->members_.push_back(NewMember());
  pool->members_.back()->stubs = std::move(stubs);
  return pool;
}

std::shared_ptr<StubPool> StubPool::Growing(std::function<std::shared_ptr<grpc::Channel>()> make,
                                            size_t max_sessions, std::shared_ptr<Clock> clock) {
  auto pool = std::shared_ptr<StubPool>(new StubPool());
  pool->make_ = std::move(make);
  pool->max_sessions_ = max_sessions;
  pool->clock_ = std::move(clock);
  return pool;
}

std::shared_ptr<const Stubs> StubPool::ForCall() {
  std::shared_ptr<Member> member = Take(0);
  const Stubs* stubs = &member->stubs;
  return {std::move(member), stubs};
}

std::shared_ptr<const Stubs> StubPool::ForSession() {
  auto lease = std::make_shared<Lease>(shared_from_this(), Take(1));
  const Stubs* stubs = lease->stubs();
  return {std::move(lease), stubs};
}

void StubPool::Suspect(const Stubs* stubs) {
  std::shared_ptr<Member> suspect;  // destroyed without the lock
  absl::MutexLock lock(&mu_);
  const auto found = std::find_if(members_.begin(), members_.end(),
                                  [&](const auto& member) { return &member->stubs == stubs; });
  if (found == members_.end() || !MayReplace(**found)) return;
  suspect = std::move(*found);
  members_.erase(found);
}

std::shared_ptr<StubPool::Member> StubPool::NewMember() {
  // The last reference to a member may be released in a reaction of gRPC. Its channel may be the
  // last of the process, whose destruction ends gRPC's threads, and its stubs may own a server,
  // whose destruction waits for calls, and for look-ups of names: the one would crash there, the
  // other deadlock. So members are destroyed in the background, where nothing waits for it.
  return std::shared_ptr<Member>(
      new Member(), [](Member* member) { RunInBackground([member] { delete member; }); });
}

std::shared_ptr<StubPool::Member> StubPool::Take(size_t sessions) {
  std::vector<std::shared_ptr<Member>> broken;  // destroyed without the lock
  {
    absl::MutexLock lock(&mu_);
    broken = RemoveBrokenLocked();
    if (std::shared_ptr<Member> member = FindLocked(sessions)) return member;
  }
  std::shared_ptr<Member> made = NewMember();
  made->channel = make_();
  made->stubs = MakeStubs(made->channel);
  made->made = clock_->Now();
  absl::MutexLock lock(&mu_);
  // Another thread may have been faster.
  if (std::shared_ptr<Member> member = FindLocked(sessions)) return member;
  made->sessions = sessions;
  members_.push_back(made);
  return made;
}

std::shared_ptr<StubPool::Member> StubPool::FindLocked(size_t sessions) {
  for (const std::shared_ptr<Member>& member : members_) {
    if (member->sessions + sessions > max_sessions_) continue;
    member->sessions += sessions;
    return member;
  }
  return nullptr;
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

void StubPool::Release(Member& member) {
  absl::MutexLock lock(&mu_);
  --member.sessions;
}

}  // namespace s2::internal
