// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SERVER_INTERNAL_CALLS_H_
#define S2_SERVER_INTERNAL_CALLS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/server/internal/held_bytes.h"

namespace s2::server {

// A call that may last, as whoever ends a server sees it. Both verbs are legal at any time, in any
// thread.
class Call {
 public:
  virtual ~Call() = default;
  // The call takes no more inputs, delivers what it owes, and ends with `server_draining`.
  virtual void Drain() = 0;
  // The call ends at once with UNAVAILABLE, or, if a write to its client is stuck, with CANCELLED;
  // what it owes is lost.
  virtual void Kill() = 0;
};

// The error that a call ends with when it is killed.
absl::Status GoneError();

// The error that a call ends with when it drains, having taken this number of inputs.
absl::Status DrainingError(uint64_t forwarded);

// How many calls there may be at once, and how many connections that have sessions. 0: no limit.
struct CallLimits {
  size_t max_calls = 0;
  size_t max_connections = 0;
};

// The calls under way, whichever of the servers they came to. Thread safe.
class Calls {
 public:
  Calls() : Calls(CallLimits()) {}
  // `held` is what all calls hold together, and has a limit too. Null: there is none.
  explicit Calls(const CallLimits& limits, std::shared_ptr<const HeldBytes> held = nullptr)
      : limits_(limits), held_bytes_(std::move(held)) {}

  // OK while calls are served. The error of a call that comes during a drain says to reconnect, so
  // that it costs its client nothing to go elsewhere.
  absl::Status Admit() const ABSL_LOCKS_EXCLUDED(mu_);

  // Registers a call until it leaves; its id is unique. `peer` is the connection that it keeps up;
  // empty: none. An error once calls are not served, and beyond a limit: kRateLimited.
  absl::StatusOr<uint64_t> Enter(std::weak_ptr<Call> call, const std::string& peer = "")
      ABSL_LOCKS_EXCLUDED(mu_);
  void Leave(uint64_t id) ABSL_LOCKS_EXCLUDED(mu_);
  // An id, as Enter gives it, for a call that does not last, and so does not enter.
  uint64_t NextId() ABSL_LOCKS_EXCLUDED(mu_);
  // Calls `end`, which answers a call that was not let in: at once, or, for as many as there may be
  // calls, when RefuseHeld says so.
  void Refuse(absl::AnyInvocable<void()> end) ABSL_LOCKS_EXCLUDED(mu_);

  // Serves no more calls and drains those there are. Those that come from now on are held: their
  // refusal waits for RefuseHeld.
  void Drain() ABSL_LOCKS_EXCLUDED(mu_);
  // Refuses the calls that are held, and from now on each one that comes, at once.
  void RefuseHeld() ABSL_LOCKS_EXCLUDED(mu_);
  // Waits for the end of all calls until Clock::System() has reached `deadline`. False: some are
  // left.
  bool AwaitEnd(absl::Time deadline) const ABSL_LOCKS_EXCLUDED(mu_);
  // Kills the calls under way and waits for their end.
  void Kill() ABSL_LOCKS_EXCLUDED(mu_);
  // Serves no more calls, kills those under way and waits for their end.
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  enum class State {
    kServing,
    kHolding,   // draining; calls that come are held
    kDraining,  // calls that come are refused, and told to reconnect
    kStopped,   // calls that come are refused: the server is gone
  };

  // How many calls each connection has.
  using Peers = std::map<std::string, size_t>;
  struct Entry {
    std::weak_ptr<Call> call;
    Peers::iterator peer;  // peers_.end(): none
  };

  absl::Status AdmitLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status CheckLimitsLocked(const std::string& peer) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  std::vector<std::shared_ptr<Call>> CallsLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Goes to this state, but not from kStopped, and refuses the calls that are held.
  void EndHolding(State state) ABSL_LOCKS_EXCLUDED(mu_);

  const CallLimits limits_;
  const std::shared_ptr<const HeldBytes> held_bytes_;

  mutable absl::Mutex mu_;
  State state_ ABSL_GUARDED_BY(mu_) = State::kServing;
  uint64_t next_id_ ABSL_GUARDED_BY(mu_) = 0;
  std::map<uint64_t, Entry> calls_ ABSL_GUARDED_BY(mu_);
  Peers peers_ ABSL_GUARDED_BY(mu_);  // counts those in calls_
  std::vector<absl::AnyInvocable<void()>> refusals_
      ABSL_GUARDED_BY(mu_);  // that wait, while kHolding
};

}  // namespace s2::server

#endif  // S2_SERVER_INTERNAL_CALLS_H_
