// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_EXECUTOR_H_
#define S2_SESSION_EXECUTOR_H_

#include <memory>

#include "absl/functional/any_invocable.h"

namespace s2 {

// Where the library runs its users' callbacks. Implement it to run them on threads of your own.
// Thread safe. Neither Run nor a callback may throw (docs/sessions.md, Threads): that ends the
// process.
class Executor {
 public:
  virtual ~Executor() = default;

  // Runs `work` later, once, on some thread; never inside Run. Work must be run in the end: a
  // dropped one is a callback that never comes.
  virtual void Run(absl::AnyInvocable<void()> work) = 0;

  // A small pool, one a process, whose threads are made as they are needed. A callback that blocks
  // holds one of them.
  static std::shared_ptr<Executor> Default();
};

}  // namespace s2

#endif  // S2_SESSION_EXECUTOR_H_
