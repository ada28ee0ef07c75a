// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTING_INTERNAL_SCRIPTED_CALL_H_
#define S2_TESTING_INTERNAL_SCRIPTED_CALL_H_

#include <gmock/gmock.h>
#include <grpcpp/support/status.h>
#include <grpcpp/test/client_context_test_peer.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/session/internal/serial_executor.h"

namespace s2::testing {

// A step of a script.
template <typename Input, typename Output>
struct ScriptStep {
  enum class Kind { kExpect, kAnswer, kEnd };
  Kind kind;
  ::testing::Matcher<const Input&> input = ::testing::_;  // kExpect
  Output output;                                          // kAnswer
  absl::Status status;                                    // kEnd
};

// One call on the generated stub's callback interface, played by a script. A subclass is gRPC's
// side of the call: it hands over the client's verbs and makes the reactions.
//
// As in gRPC no reaction runs inside a verb, and OnDone comes when no operation and no hold is
// left. Each verb lets the script go on, on the executor, one reaction at a time.
template <typename Input, typename Output>
class ScriptedCall : public std::enable_shared_from_this<ScriptedCall<Input, Output>> {
 public:
  using Step = ScriptStep<Input, Output>;

  ScriptedCall();
  virtual ~ScriptedCall() = default;

  // The script's side.
  void Refuse(absl::Status status) ABSL_LOCKS_EXCLUDED(mu_);
  void Add(Step step) ABSL_LOCKS_EXCLUDED(mu_);
  bool WaitPlayed(absl::Time deadline) const ABSL_LOCKS_EXCLUDED(mu_);
  // Fails the test for what should have happened and did not. `name` says which call.
  void Verify(const std::string& name) const ABSL_LOCKS_EXCLUDED(mu_);

 protected:
  // The client's verbs.
  void BeginCall(grpc::ClientContext* context) ABSL_LOCKS_EXCLUDED(mu_);
  void BeginPlay() ABSL_LOCKS_EXCLUDED(mu_);
  void BeginRead(Output* output) ABSL_LOCKS_EXCLUDED(mu_);
  void BeginWrite(const Input* input) ABSL_LOCKS_EXCLUDED(mu_);
  void BeginWritesDone() ABSL_LOCKS_EXCLUDED(mu_);
  void ChangeHolds(int by) ABSL_LOCKS_EXCLUDED(mu_);

  // The reactions.
  virtual void ReactMetadata(bool ok) = 0;
  virtual void ReactRead(bool ok) = 0;
  virtual void ReactWrite(bool ok) = 0;
  virtual void ReactWritesDone(bool ok) = 0;
  virtual void ReactDone(const grpc::Status& status) = 0;

 private:
  enum class State {
    kScripted,  // no call yet
    kOpened,    // the stub's call was made
    kStarted,   // StartCall was called
    kPlaying,   // accepted; steps are played
    kEnding,    // `status_` is decided
    kOver,
  };
  using Reaction = absl::AnyInvocable<void()>;

  void GoOn() ABSL_LOCKS_EXCLUDED(mu_);
  void Play() ABSL_LOCKS_EXCLUDED(mu_);
  // The next reaction that is due; null: none.
  Reaction NextLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  Reaction NextStepLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  Reaction TakeWriteLocked(Step step) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  Reaction AnswerLocked(Step step) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  Reaction EndLocked(absl::Status status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  Reaction WindUpLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const std::shared_ptr<internal::SerialExecutor> reactions_;

  mutable absl::Mutex mu_;
  State state_ ABSL_GUARDED_BY(mu_) = State::kScripted;
  std::deque<Step> steps_ ABSL_GUARDED_BY(mu_);  // not yet played
  bool reacting_ ABSL_GUARDED_BY(mu_) = false;   // a reaction is running
  bool refused_ ABSL_GUARDED_BY(mu_) = false;    // with status_
  absl::Status status_ ABSL_GUARDED_BY(mu_);
  // A batch that came when no step was left, and that no step took.
  std::string unexpected_ ABSL_GUARDED_BY(mu_);

  // Holds the initial metadata while the call lasts.
  std::optional<grpc::testing::ClientContextTestPeer> peer_ ABSL_GUARDED_BY(mu_);
  Output* read_ ABSL_GUARDED_BY(mu_) = nullptr;        // under way
  const Input* write_ ABSL_GUARDED_BY(mu_) = nullptr;  // under way
  bool half_closed_ ABSL_GUARDED_BY(mu_) = false;
  bool half_closing_ ABSL_GUARDED_BY(mu_) = false;  // its reaction is owed
  bool held_ ABSL_GUARDED_BY(mu_) = false;          // there was a hold
  int holds_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace s2::testing

#endif  // S2_TESTING_INTERNAL_SCRIPTED_CALL_H_
