// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTING_INTERNAL_SCRIPTED_CALL_H_
#define S2_TESTING_INTERNAL_SCRIPTED_CALL_H_

#include <gmock/gmock.h>

#include <deque>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/session/internal/serial_executor.h"
#include "s2/testing/internal/stub_call.h"

namespace s2::testing {

// The script of one call, and its player: it looks after each verb of the client what is due, and
// does that on the executor, one reaction at a time. `Call` is a StubCall. Thread safe.
template <typename Call>
class ScriptedCall : public std::enable_shared_from_this<ScriptedCall<Call>> {
 public:
  using Input = typename Call::Input;
  using Output = typename Call::Output;
  struct Step {
    enum class Kind { kExpect, kAnswer, kEnd };
    Kind kind;
    ::testing::Matcher<const Input&> input = ::testing::_;  // kExpect
    Output output;                                          // kAnswer
    absl::Status status;                                    // kEnd
  };

  ScriptedCall();

  // The script's side.
  void Refuse(absl::Status status) ABSL_LOCKS_EXCLUDED(mu_);
  void Add(Step step) ABSL_LOCKS_EXCLUDED(mu_);
  // Until Clock::System() has reached `deadline`.
  bool WaitPlayed(absl::Time deadline) const ABSL_LOCKS_EXCLUDED(mu_);
  // Fails the test for what should have happened and did not. `name` says which call.
  void Verify(const std::string& name) const ABSL_LOCKS_EXCLUDED(mu_);

  // The client has made this call.
  void Open(std::shared_ptr<Call> call) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  enum class State {
    kScripted,  // no call yet
    kOpened,    // there is a call, which may not have been started
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
  Reaction EndLocked(absl::Status status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  Reaction WindUpLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const std::shared_ptr<internal::SerialExecutor> reactions_;

  mutable absl::Mutex mu_;
  State state_ ABSL_GUARDED_BY(mu_) = State::kScripted;
  std::shared_ptr<Call> call_ ABSL_GUARDED_BY(mu_);  // set from kOpened on
  std::deque<Step> steps_ ABSL_GUARDED_BY(mu_);      // not yet played
  bool reacting_ ABSL_GUARDED_BY(mu_) = false;       // a reaction is running
  bool refused_ ABSL_GUARDED_BY(mu_) = false;        // with status_
  absl::Status status_ ABSL_GUARDED_BY(mu_);
  // A batch that came when no step was left, and that no step took.
  std::string unexpected_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::testing

#endif  // S2_TESTING_INTERNAL_SCRIPTED_CALL_H_
