// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EMULATOR_FAULTS_H_
#define S2_EMULATOR_FAULTS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/v1/s2.pb.h"

// Faults are data: where, what, how often. Install them on an emulator to test what a client makes
// of them.
namespace s2 {

// A place where a fault can strike.
struct FaultPoint {
  // The method's name: "AppendSession", "CreateBasin".
  std::string rpc;
  // Of the call; the stream is empty for calls on basins and the account.
  std::string basin;
  std::string stream;
  // Which message of the call, from 0: an input of an append session, a batch or heartbeat of a
  // read session, the one request of a unary call. Unset: the call's opening, before anything is
  // looked up.
  std::optional<uint64_t> message;
  // The input, at a message of Append or AppendSession; else nullptr. Valid during
  // `FaultMatch::when` only.
  const v1::AppendInput* input = nullptr;
};

// Which points. What is left at its default matches all.
struct FaultMatch {
  std::string rpc;
  std::string basin;
  std::string stream;
  // True: openings of calls. False: messages.
  bool open = false;
  // The message with this index only. Not with `open`.
  std::optional<uint64_t> message;
  // Called, with a lock held, for points that match all of the above.
  std::function<bool(const FaultPoint&)> when;
  // Let this many matches pass first.
  int skip = 0;

  // Openings of calls of this method.
  static FaultMatch Open(std::string rpc);
  // Messages of this method; with an index, that message only.
  static FaultMatch Message(std::string rpc, std::optional<uint64_t> index = std::nullopt);
};

// What happens at the point. Made by the functions below.
struct FaultAction {
  enum class Kind {
    kFail,          // the call ends with `error`, once what it owes has been delivered
    kCut,           // the call ends with `error` at once; what it owes is lost
    kDelay,         // the answer, and all behind it, comes later by `delay`
    kMutate,        // the answer is changed
    kSilence,       // at an opening: never answered. At a message: nothing more is sent
    kNoHeartbeats,  // a read session sends no heartbeats from here on
    kApplyLate,     // see LateBefore
    kReconnect,     // the server wants to go: see Reconnect
  };
  Kind kind = Kind::kFail;
  // kFail, kCut: after the input took effect, not before.
  bool after_effect = false;
  absl::Status error;
  absl::Duration delay;
  std::function<void(v1::AppendAck&)> mutate_ack;
  std::function<void(v1::ReadBatch&)> mutate_batch;
  // kApplyLate: inputs that are taken, the matched one included, before the call is cut.
  int late_inputs = 1;
  // kApplyLate: after the successor's first input, not before it.
  bool late_after = false;

  // The call ends with this error; before the point's effect, or after it. S2's errors come from
  // s2::MakeError.
  static FaultAction FailBefore(absl::Status error);
  static FaultAction FailAfter(absl::Status error);
  // The connection drops: UNAVAILABLE without an ErrorInfo, as gRPC reports it.
  static FaultAction CutBefore();
  static FaultAction CutAfter();
  // The ack (or read batch) comes late, or never.
  static FaultAction Delay(absl::Duration delay);
  static FaultAction Withhold();
  // The ack, or read batch, is wrong.
  static FaultAction MutateAck(std::function<void(v1::AppendAck&)> mutate);
  static FaultAction MutateBatch(std::function<void(v1::ReadBatch&)> mutate);
  // The call is never answered: no initial metadata, no message, no status.
  static FaultAction Silence();
  static FaultAction NoHeartbeats();
  // The call is cut, and `inputs` of its inputs, which it had in flight, are applied all the same:
  // just before, or just after, the first input that another call appends to the stream.
  static FaultAction LateBefore(int inputs = 1);
  static FaultAction LateAfter(int inputs = 1);
  // A server that drains: it takes no more inputs, delivers the acks it owes and ends the session
  // with `server_draining` and the number of inputs it took. The matched input is not taken.
  static FaultAction Reconnect();
};

// A fault to install.
struct Fault {
  FaultMatch match;
  FaultAction action;
  // How many times it strikes. Default: once.
  int budget = 1;
  static constexpr int kAlways = -1;
};

// An installed fault. Cheap to copy; thread safe.
class FaultHandle {
 public:
  // How often it has struck.
  int fired() const;
  // Waits until it has struck `times` times. False: not within `timeout` of real time.
  bool WaitFired(int times, absl::Duration timeout = absl::Seconds(10)) const;
  // Strikes no more.
  void Remove();

 private:
  friend class Faults;
  struct State {
    explicit State(Fault f) : fault(std::move(f)), skip(fault.match.skip), budget(fault.budget) {}
    const Fault fault;
    mutable absl::Mutex mu;
    int skip ABSL_GUARDED_BY(mu);
    int budget ABSL_GUARDED_BY(mu);  // kAlways: no limit
    int fired ABSL_GUARDED_BY(mu) = 0;
  };
  explicit FaultHandle(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

// The faults of an emulator. At each point the first that matches, in order of installation,
// strikes. Thread safe.
class Faults {
 public:
  FaultHandle Add(Fault fault) ABSL_LOCKS_EXCLUDED(mu_);
  FaultHandle Add(FaultMatch match, FaultAction action, int budget = 1) {
    return Add(Fault{std::move(match), std::move(action), budget});
  }
  void Clear() ABSL_LOCKS_EXCLUDED(mu_);

  // What strikes at this point, counted as fired; nothing in the usual case. For the emulator's own
  // use.
  std::optional<FaultAction> Strike(const FaultPoint& point) ABSL_LOCKS_EXCLUDED(mu_);
  bool empty() const { return empty_.load(std::memory_order_acquire); }

 private:
  std::atomic<bool> empty_{true};
  absl::Mutex mu_;
  std::vector<std::shared_ptr<FaultHandle::State>> faults_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2

#endif  // S2_EMULATOR_FAULTS_H_
