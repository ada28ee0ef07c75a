// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_RUNTIME_H_
#define S2_SESSION_INTERNAL_RUNTIME_H_

#include <memory>
#include <string>

#include "s2/retry/backoff.h"
#include "s2/retry/clock.h"
#include "s2/session/executor.h"
#include "s2/session/log.h"

namespace s2::internal {

// What sessions and calls take from their surroundings. All but `log` are set.
struct Runtime {
  std::shared_ptr<Clock> clock;
  std::shared_ptr<Executor> executor;
  Random random;
  LogSink log;  // null: silent
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_RUNTIME_H_
