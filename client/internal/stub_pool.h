// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CLIENT_INTERNAL_STUB_POOL_H_
#define S2_CLIENT_INTERNAL_STUB_POOL_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/client/make_client_from_stubs.h"
#include "s2/retry/clock.h"

namespace grpc {
class Channel;
}  // namespace grpc

namespace s2::internal {

// Stubs on a channel. They keep `owner` (a server in this process, say) alive, and are destroyed
// before it.
Stubs MakeStubs(std::shared_ptr<grpc::Channel> channel,
                std::shared_ptr<const void> owner = nullptr);

// Stubs for calls, on as many channels as the sessions need. A call keeps the stubs that it was
// given until it is over and its ClientContext, which holds the channel too, is destroyed. They may
// be released on any thread, even in a reaction of gRPC. Thread safe.
class StubPool : public std::enable_shared_from_this<StubPool> {
 public:
  // A pool that gives these stubs to every call. It keeps `claim` alive until it is itself
  // destroyed, on whatever thread that happens.
  static std::shared_ptr<StubPool> Of(Stubs stubs, std::shared_ptr<const void> claim = nullptr);

  // A pool that makes channels with `make` when they are needed, each for `max_sessions` sessions
  // at a time. A channel that cannot connect, or is suspect (see Suspect), is replaced, at most ten
  // times a second. A new channel tries to connect at once, whereas the old one would let calls
  // fail until a pause of gRPC's is over, or TCP gives up. `make` is called without a lock.
  static std::shared_ptr<StubPool> Growing(std::function<std::shared_ptr<grpc::Channel>()> make,
                                           size_t max_sessions, std::shared_ptr<Clock> clock);

  // Stubs for a unary call.
  std::shared_ptr<const Stubs> ForCall() ABSL_LOCKS_EXCLUDED(mu_);

  // Stubs for a session, which counts as one of its channel's sessions until they are destroyed.
  std::shared_ptr<const Stubs> ForSession() ABSL_LOCKS_EXCLUDED(mu_);

  // A call on these stubs had no answer for so long that their connection may be dead. New calls
  // get another; those under way go on.
  void Suspect(const Stubs* stubs) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Member {
    std::shared_ptr<grpc::Channel> channel;  // null: the stubs are the caller's
    Stubs stubs;
    absl::Time made;
    size_t sessions = 0;  // guarded by the pool's mutex
  };
  class Lease;

  StubPool() = default;

  static std::shared_ptr<Member> NewMember();

  std::shared_ptr<Member> Take(size_t sessions) ABSL_LOCKS_EXCLUDED(mu_);
  std::shared_ptr<Member> FindLocked(size_t sessions) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  std::vector<std::shared_ptr<Member>> RemoveBrokenLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool MayReplace(const Member& member) const;
  bool IsBroken(const Member& member) const;
  void Release(Member& member) ABSL_LOCKS_EXCLUDED(mu_);

  // Null: the pool has one member, from its beginning to its end.
  std::function<std::shared_ptr<grpc::Channel>()> make_;
  size_t max_sessions_ = 0;
  std::shared_ptr<Clock> clock_;
  std::shared_ptr<const void> claim_;

  absl::Mutex mu_;
  // Oldest first; sessions fill them in this order.
  std::vector<std::shared_ptr<Member>> members_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::internal

#endif  // S2_CLIENT_INTERNAL_STUB_POOL_H_
