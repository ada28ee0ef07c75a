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

// A fault is data: where it strikes, what happens there, how often. Faults are installed on an
// emulator, to test what a client makes of them.
namespace s2 {

// A place where a fault can strike.
struct FaultPoint {
  // The name of the call's method: "AppendSession", "CreateBasin".
  std::string rpc;
  // What the call is for; the stream is empty in calls on basins and on the account.
  std::string basin;
  std::string stream;
  // Which message of the call, from 0: an input of an append session, a batch or heartbeat of a
  // read session, the one request of a unary call. Unset: the call's opening, before anything is
  // looked up.
  std::optional<uint64_t> message;
  // The input, where the message is one of Append or AppendSession; else null. Valid during
  // `FaultMatch::when` only.
  const v1::AppendInput* input = nullptr;
};

// The points where a fault strikes. A field that is left at its default matches every point.
struct FaultMatch {
  std::string rpc;
  std::string basin;
  std::string stream;
  // True: it strikes at openings of calls. False: at messages.
  bool open = false;
  // The index of the one message that it strikes at. Not to be combined with `open`.
  std::optional<uint64_t> message;
  // Asked about each point that matches all fields above; true: it strikes. Called with a lock
  // held, so it must not call the emulator.
  std::function<bool(const FaultPoint&)> when;
  // How many points that match it lets pass before it strikes.
  int skip = 0;

  // Openings of calls of this method.
  static FaultMatch Open(std::string rpc);
  // Messages of this method; with an index, that message only.
  static FaultMatch Message(std::string rpc, std::optional<uint64_t> index = std::nullopt);
};

// What happens at a point. To be made by the functions below.
struct FaultAction {
  enum class Kind {
    kFail,          // the call ends with `error`, once what it owes has been delivered
    kCut,           // the call ends with `error` at once; what it owes is lost
    kDelay,         // the answer, and all that follows it, comes later by `delay`
    kMutate,        // the answer is changed
    kSilence,       // at an opening: never answered. At a message: nothing more is sent
    kNoHeartbeats,  // a read session sends no heartbeats from here on
    kApplyLate,     // see LateBefore
    kReconnect,     // see Reconnect
  };
  Kind kind = Kind::kFail;
  // For kFail and kCut: the input takes effect before the call ends.
  bool after_effect = false;
  absl::Status error;
  absl::Duration delay;
  std::function<void(v1::AppendAck&)> mutate_ack;
  std::function<void(v1::ReadBatch&)> mutate_batch;
  // For kApplyLate: how many inputs are taken, the matched one included, before the call is cut.
  int late_inputs = 1;
  // For kApplyLate: they take effect behind the successor's first input, not before it.
  bool late_after = false;

  // The call ends with this error, before the message takes effect, or after it has. S2's errors
  // are made by s2::MakeError.
  static FaultAction FailBefore(absl::Status error);
  static FaultAction FailAfter(absl::Status error);
  // The connection drops: UNAVAILABLE without an ErrorInfo, as gRPC reports it.
  static FaultAction CutBefore();
  static FaultAction CutAfter();
  // The ack, or the batch that is read, comes late by `delay`, or never.
  static FaultAction Delay(absl::Duration delay);
  static FaultAction Withhold();
  // The ack, or the batch that is read, is changed before it is sent.
  static FaultAction MutateAck(std::function<void(v1::AppendAck&)> mutate);
  static FaultAction MutateBatch(std::function<void(v1::ReadBatch&)> mutate);
  // At an opening: the call is never answered, neither by initial metadata nor by a message nor by
  // a status. At a message: nothing more is sent.
  static FaultAction Silence();
  // A read session sends no heartbeats from here on.
  static FaultAction NoHeartbeats();
  // The call is cut, and `inputs` of its inputs, which it had in flight, are applied all the same:
  // just before, or just after, the first input that another call appends to the stream.
  static FaultAction LateBefore(int inputs = 1);
  static FaultAction LateAfter(int inputs = 1);
  // The server wants to go: it takes no more inputs, delivers the acks it owes and ends the session
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
  // How often the fault has struck.
  int fired() const;
  // Waits until it has struck `times` times. False: not within `timeout` of real time.
  bool WaitFired(int times, absl::Duration timeout = absl::Seconds(10)) const;
  // The fault strikes no more.
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
