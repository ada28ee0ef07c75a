// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_RETRY_INTERNAL_MUTEX_LOCK_H_
#define S2_RETRY_INTERNAL_MUTEX_LOCK_H_

#include <type_traits>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

// How an absl::Mutex is locked with every Abseil from 20220623 on. What took a pointer and what
// began with a capital takes a reference and is spelled like the standard's since 20250814, and
// warns in the old spelling since 20260107. No version is asked for: what the class has decides.
namespace s2::internal {

// `mu` as absl::MutexLock takes it.
template <typename Lock>
decltype(auto) LockArgument(absl::Mutex* mu) {
  if constexpr (std::is_constructible_v<Lock, absl::Mutex&>) {
    return (*mu);
  } else {
    return mu;
  }
}

// absl::MutexLock.
class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  // What `lock_` does cannot be seen by the analysis.
  explicit MutexLock(absl::Mutex* mu)
      ABSL_EXCLUSIVE_LOCK_FUNCTION(mu) ABSL_NO_THREAD_SAFETY_ANALYSIS
      : lock_(LockArgument<absl::MutexLock>(mu)) {}
  // Waits for the condition too.
  MutexLock(absl::Mutex* mu, const absl::Condition& condition)
      ABSL_EXCLUSIVE_LOCK_FUNCTION(mu) ABSL_NO_THREAD_SAFETY_ANALYSIS
      : lock_(LockArgument<absl::MutexLock>(mu), condition) {}
  ~MutexLock() ABSL_UNLOCK_FUNCTION() ABSL_NO_THREAD_SAFETY_ANALYSIS {}
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  absl::MutexLock lock_;
};

template <typename Mutex, typename = void>
struct HasStandardNames : std::false_type {};
template <typename Mutex>
struct HasStandardNames<Mutex, std::void_t<decltype(std::declval<Mutex&>().lock())>>
    : std::true_type {};

// mu.Lock() and mu.Unlock().
template <typename Mutex>
void LockMutex(Mutex& mu) ABSL_EXCLUSIVE_LOCK_FUNCTION(mu) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  if constexpr (HasStandardNames<Mutex>::value) {
    mu.lock();
  } else {
    mu.Lock();
  }
}
template <typename Mutex>
void UnlockMutex(Mutex& mu) ABSL_UNLOCK_FUNCTION(mu) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  if constexpr (HasStandardNames<Mutex>::value) {
    mu.unlock();
  } else {
    mu.Unlock();
  }
}

}  // namespace s2::internal

#endif  // S2_RETRY_INTERNAL_MUTEX_LOCK_H_
