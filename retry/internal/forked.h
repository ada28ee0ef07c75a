// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_RETRY_INTERNAL_FORKED_H_
#define S2_RETRY_INTERNAL_FORKED_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"

// What becomes of the library in a child that fork() made. Such a child has none of its parent's
// threads, gRPC's included, and its copies of mutexes may be held by threads that are not there. So
// where the parent had used the library, the child cannot: each verb there says so before it does
// anything else, and what is destroyed there is left as it is. docs/fork.md is for users. All of
// this is thread safe and takes no mutex.
namespace s2::internal {

// To be called before anything that starts threads, ours or gRPC's: the process uses the library
// from now on. The error: it is a child of one that did, as Forked says.
absl::Status BeginUse();

// Is this a child of a process that had used the library before it forked?
bool Forked();

// What a verb answers there, with ErrorInfo.not_sent: it has done nothing.
absl::Status ForkedError();

// Keeps for ever what must not be destroyed there.
void Leak(std::shared_ptr<const void> kept);

// How many forks there are between the first process and this one. Where it has changed, what was
// drawn at random before is known to another process too.
uint64_t Forks();

}  // namespace s2::internal

#endif  // S2_RETRY_INTERNAL_FORKED_H_
