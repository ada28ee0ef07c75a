// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SERVER_INTERNAL_BIDI_REACTOR_H_
#define S2_SERVER_INTERNAL_BIDI_REACTOR_H_

#include <cstdint>
#include <optional>

#include "s2/server/internal/write_reactor.h"

namespace s2::server {

// The server's half of a session that takes inputs: a WriteReactor that reads them, one at a time,
// and only while the derived class wants them.
//
// An input is either taken, and counted, before the session stops or is ending, or dropped for
// good. A session that drains stops: it delivers what it owes for the inputs that it took, and ends
// with their number.
template <typename Input, typename Message>
class BidiReactor : public WriteReactor<grpc::ServerBidiReactor<Input, Message>, Message> {
 public:
  void OnReadDone(bool ok) final ABSL_LOCKS_EXCLUDED(mu_);
  void Drain() final ABSL_LOCKS_EXCLUDED(mu_);

 protected:
  using Base = WriteReactor<grpc::ServerBidiReactor<Input, Message>, Message>;
  using Base::mu_;

  using Base::Base;

  // Begins to read; once, after Accept, and the call is held.
  void StartInputs() ABSL_LOCKS_EXCLUDED(mu_);
  // An input is here: to be taken, if TakeLocked says so. In a reaction; no other input comes
  // meanwhile.
  virtual void OnInput(Input& input) = 0;
  // Counts the input that is here as taken. False: it is to be dropped.
  bool TakeLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // No input is taken any more: the client sends none, or the session has stopped. Called once.
  virtual void OnInputsEnd() = 0;

  // Is the next input to be read? If not, ReadOn is to be called when it may be. A session that has
  // stopped or is ending may want inputs too, which are dropped: its client may be one that reads
  // nothing before all is written.
  virtual bool WantsInputLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) = 0;
  // Reads the next input, if it is time. In any thread.
  void ReadOn() final ABSL_LOCKS_EXCLUDED(mu_);

  // Stops: takes no more inputs, and ends with `status` when nothing is owed for those that were
  // taken. In OnInput.
  void StopLocked(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Is something owed for an input that was taken, beside the messages that NextMessageLocked has?
  // Once that is over, SettleLocked is to be called.
  virtual bool OwesLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return false; }
  // Ends the session if it has stopped and owes nothing.
  void SettleLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  // Is an input here, about which OnInput has not yet returned?
  bool has_input_locked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return inputs_ == Inputs::kHere;
  }
  uint64_t taken_locked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return taken_; }
  // What the session has stopped for, if it has.
  const std::optional<absl::Status>& stop_locked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return stop_;
  }

 private:
  enum class Inputs {
    kNotYet,   // StartInputs has not been called
    kUnread,   // no read is under way
    kReading,  // one is
    kHere,     // it has brought an input, and OnInput runs
    kEnded,    // the client sends no more
  };

  // Is it time to read? Then a read is to be started.
  bool ToReadLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  Input input_;  // touched by the one read that is under way, or by its reaction

  Inputs inputs_ ABSL_GUARDED_BY(mu_) = Inputs::kNotYet;
  uint64_t taken_ ABSL_GUARDED_BY(mu_) = 0;
  std::optional<absl::Status> stop_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::server

#endif  // S2_SERVER_INTERNAL_BIDI_REACTOR_H_
