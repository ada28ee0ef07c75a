// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_RETRY_INTERNAL_BACKGROUND_H_
#define S2_RETRY_INTERNAL_BACKGROUND_H_

#include <memory>
#include <utility>

#include "absl/functional/any_invocable.h"

namespace s2::internal {

// Runs `task` soon, once, on a thread of the library's own, and never inside this call. For work
// that may block and that the library's own progress needs: asking a user's token provider,
// destroying channels, resolvers and I/O threads, the end of a call that never began. It is apart
// from the executor, which users' callbacks may hold for as long as they like.
//
// A task never waits for another one: when no thread is free, one is made; one that has been free
// for some seconds ends. Nobody waits for these threads, at exit neither; so a task owns what it
// touches. Thread safe; legal under a lock.
void RunInBackground(absl::AnyInvocable<void()> task);

// A share of something of the user's, whose destructor may block or do anything: whichever thread
// gives up the last share, be it one of gRPC's or the one that runs all timers, the destructor runs
// in the background. Null stays null.
template <typename T>
std::shared_ptr<T> ReleasedInBackground(std::shared_ptr<T> users) {
  if (users == nullptr) return nullptr;
  T* const raw = users.get();
  return std::shared_ptr<T>(raw, [users = std::move(users)](T*) mutable {
    RunInBackground([last = std::move(users)]() mutable { last = nullptr; });
  });
}

}  // namespace s2::internal

#endif  // S2_RETRY_INTERNAL_BACKGROUND_H_
