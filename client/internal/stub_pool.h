// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CLIENT_INTERNAL_STUB_POOL_H_
#define S2_CLIENT_INTERNAL_STUB_POOL_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/client/make_client_from_stubs.h"
#include "s2/retry/clock.h"
#include "s2/retry/internal/lazy_timer.h"

namespace grpc {
class Channel;
}  // namespace grpc

namespace s2::internal {

// Stubs on a channel. They keep `owner` (a server in this process, say) alive, and are destroyed
// before it.
Stubs MakeStubs(std::shared_ptr<grpc::Channel> channel,
                std::shared_ptr<const void> owner = nullptr);

// Stubs for calls, on as many channels as the calls need. A server allows so many streams on one
// connection, and gRPC lets the next call wait without a word; gRPC does not tell how many. So the
// pool counts the calls on each channel, unary ones too, and learns the server's limit: when a
// session waits for its acceptance while others on its channel have theirs, and no more are given,
// the channel is full.
//
// A channel on which a call has waited for too long may be dead, or its server slow. While it is in
// doubt, new calls get another; it is asked for a sign of life, and stays if anything is heard on
// it. Thread safe.
class StubPool : public std::enable_shared_from_this<StubPool> {
 public:
  // A call's place on a channel.
  class Lease;

  // A pool that gives these stubs to every call, and knows nothing of their channel. It keeps
  // `claim` alive until it is itself destroyed, on whatever thread that happens.
  static std::shared_ptr<StubPool> Of(Stubs stubs, std::shared_ptr<const void> claim = nullptr);

  // A pool that makes channels with `make` when they are needed, each for `max_calls` calls at a
  // time, or fewer where the server allows fewer. A channel that cannot connect, or is dead, is
  // replaced, at most ten times a second. A new channel tries to connect at once, whereas the old
  // one would let calls fail until a pause of gRPC's is over, or TCP gives up. `make` is called
  // without a lock.
  static std::shared_ptr<StubPool> Growing(std::function<std::shared_ptr<grpc::Channel>()> make,
                                           size_t max_calls, std::shared_ptr<Clock> clock);

  // A place for a unary call.
  std::shared_ptr<Lease> ForCall() ABSL_LOCKS_EXCLUDED(mu_);

  // A place for a session. Should its channel turn out to be full before it is accepted, then
  // `withdraw` is called with the error that the session is to end with. It is called on a thread
  // of the clock, without a lock, and may come late: it owns what it touches, or owns it weakly.
  std::shared_ptr<Lease> ForSession(std::function<void(const absl::Status&)> withdraw)
      ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Member {
    std::shared_ptr<grpc::Channel> channel;  // null: the stubs are the caller's
    Stubs stubs;
    absl::Time made;
    // The rest is guarded by the pool's mutex.
    size_t calls = 0;
    size_t accepted = 0;  // of them: sessions that the server has accepted
    absl::Time last_accepted = absl::InfinitePast();
    bool in_doubt = false;
    std::vector<Lease*> leases;
  };

  StubPool() = default;

  static std::shared_ptr<Member> NewMember();

  std::shared_ptr<Lease> Take(std::function<void(const absl::Status&)> withdraw)
      ABSL_LOCKS_EXCLUDED(mu_);
  std::shared_ptr<Member> FindLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  std::shared_ptr<Lease> LeaseLocked(std::shared_ptr<Member> member,
                                     std::function<void(const absl::Status&)> withdraw)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  std::vector<std::shared_ptr<Member>> RemoveBrokenLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool MayReplace(const Member& member) const;
  bool IsBroken(const Member& member) const;
  void OnAccepted(Lease& lease) ABSL_LOCKS_EXCLUDED(mu_);
  void OnHeard(Lease& lease) ABSL_LOCKS_EXCLUDED(mu_);
  void OnSilence(const Lease& lease) ABSL_LOCKS_EXCLUDED(mu_);
  void OnProbed(const std::shared_ptr<Member>& member, bool answered) ABSL_LOCKS_EXCLUDED(mu_);
  void Release(Lease& lease) ABSL_LOCKS_EXCLUDED(mu_);
  size_t LimitLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Duration PatienceLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Time FullAtLocked(const Member& member) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void SetTimerLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void OnTimer() ABSL_LOCKS_EXCLUDED(mu_);

  // Null: the pool has one member, from its beginning to its end, and does not watch it.
  std::function<std::shared_ptr<grpc::Channel>()> make_;
  size_t max_calls_ = 0;
  std::shared_ptr<Clock> clock_;
  std::shared_ptr<const void> claim_;

  absl::Mutex mu_;
  // Oldest first; calls fill them in this order.
  std::vector<std::shared_ptr<Member>> members_ ABSL_GUARDED_BY(mu_);
  // The server's limit of streams, as far as it is known, and since when.
  size_t limit_ ABSL_GUARDED_BY(mu_) = std::numeric_limits<size_t>::max();
  absl::Time learned_ ABSL_GUARDED_BY(mu_) = absl::InfinitePast();
  // The shortest time in which the server has accepted a session.
  absl::Duration fastest_ ABSL_GUARDED_BY(mu_) = absl::InfiniteDuration();
  // When the next member is full, should nothing be heard until then. Null: see make_.
  std::unique_ptr<LazyTimer> timer_ ABSL_GUARDED_BY(mu_);
};

// Verbs may be called on any thread, even in a reaction of gRPC; so may the destructor, after the
// call is over and its ClientContext, which holds the channel too, is destroyed.
class StubPool::Lease {
 public:
  Lease(std::shared_ptr<StubPool> pool, std::shared_ptr<Member> member)
      : pool_(std::move(pool)), member_(std::move(member)) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() { pool_->Release(*this); }

  const Stubs& stubs() const { return member_->stubs; }

  // The server has accepted the session.
  void OnAccepted() { pool_->OnAccepted(*this); }
  // Something has come from the server. Costs next to nothing when it is called often.
  void OnHeard() {
    if (!heard_.load(std::memory_order_relaxed)) pool_->OnHeard(*this);
  }
  // Nothing came for too long: the channel is in doubt.
  void OnSilence() { pool_->OnSilence(*this); }

 private:
  friend class StubPool;

  const std::shared_ptr<StubPool> pool_;
  const std::shared_ptr<Member> member_;
  // False: the pool is to be told when something is heard.
  std::atomic<bool> heard_{false};
  // Guarded by the pool's mutex.
  absl::Time since_;
  std::function<void(const absl::Status&)> withdraw_;  // null: a unary call, or one accepted
  bool accepted_ = false;
};

}  // namespace s2::internal

#endif  // S2_CLIENT_INTERNAL_STUB_POOL_H_
