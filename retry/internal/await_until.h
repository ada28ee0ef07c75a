// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_RETRY_INTERNAL_AWAIT_UNTIL_H_
#define S2_RETRY_INTERNAL_AWAIT_UNTIL_H_

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/retry/clock.h"

namespace s2::internal {

// Waits, releasing `mu` meanwhile, until the condition holds (true) or `clock` has reached
// `deadline` (false); InfiniteFuture: for as long as it takes. What every verb that blocks waits
// by: Abseil's own waits with a deadline follow the wall clock, and know of no other clock. A timer
// is armed only if it has to wait.
//
// `signalled`: whoever makes the condition hold signals this one; so it is looked at only then, and
// not whenever somebody releases the mutex, which costs as much as there are who wait. Null: as
// absl::Mutex::Await.
bool AwaitUntil(absl::Mutex& mu, const absl::Condition& condition, Clock& clock,
                absl::Time deadline, absl::CondVar* signalled = nullptr)
    ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);

}  // namespace s2::internal

#endif  // S2_RETRY_INTERNAL_AWAIT_UNTIL_H_
