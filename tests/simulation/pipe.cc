// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/simulation/pipe.h"

#include <algorithm>
#include <utility>

namespace s2::simulation {

void Pipe::Send(absl::Duration delay, absl::AnyInvocable<void()> arrive) {
  if (!broken_) Push(delay, std::move(arrive));
}

void Pipe::Break(size_t survivors, absl::Duration late, absl::AnyInvocable<void()> last) {
  if (broken_) return;
  broken_ = true;
  frozen_ = false;
  std::deque<Message> under_way;
  messages_.swap(under_way);
  under_way.resize(std::min(survivors, under_way.size()));
  for (Message& message : under_way) Push(late, std::move(message.arrive));
  Push(late, std::move(last));
}

// Each message has an event of its own; one that finds nothing due was for a message that is gone.
void Pipe::Push(absl::Duration delay, absl::AnyInvocable<void()> arrive) {
  absl::Time due = world_->Now() + delay;
  if (!messages_.empty()) due = std::max(due, messages_.back().due);
  messages_.push_back({due, std::move(arrive)});
  world_->After(due - world_->Now(), [self = shared_from_this()] { self->Arrive(); });
}

void Pipe::Arrive() {
  if (frozen_ || messages_.empty() || messages_.front().due > world_->Now()) return;
  absl::AnyInvocable<void()> arrive = std::move(messages_.front().arrive);
  messages_.pop_front();
  arrive();
}

}  // namespace s2::simulation
