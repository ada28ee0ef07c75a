// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SIMULATION_PIPE_H_
#define S2_TESTS_SIMULATION_PIPE_H_

#include <cstddef>
#include <deque>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "s2/tests/simulation/world.h"

namespace s2::simulation {

// One direction of a connection. Messages arrive in the order in which they were sent, each a while
// after; or they are held, come late, or are lost, but never overtake one another.
class Pipe : public std::enable_shared_from_this<Pipe> {
 public:
  explicit Pipe(World* world) : world_(world) {}

  // `arrive` runs `delay` later, or when those before it have arrived. A broken pipe loses it.
  void Send(absl::Duration delay, absl::AnyInvocable<void()> arrive);

  // Holds what is under way and what will be sent.
  void Freeze() { frozen_ = !broken_; }

  // The end: of what is under way the first `survivors` arrive, `late`; then `last` runs.
  void Break(size_t survivors, absl::Duration late, absl::AnyInvocable<void()> last);

  // Messages under way.
  size_t size() const { return messages_.size(); }

 private:
  struct Message {
    absl::Time due;
    absl::AnyInvocable<void()> arrive;
  };

  void Push(absl::Duration delay, absl::AnyInvocable<void()> arrive);
  void Arrive();

  World* const world_;
  std::deque<Message> messages_;
  bool frozen_ = false;
  bool broken_ = false;
};

}  // namespace s2::simulation

#endif  // S2_TESTS_SIMULATION_PIPE_H_
