// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/internal/forked.h"

#include <pthread.h>

#include <atomic>
#include <utility>

#include "s2/retry/error.h"

namespace s2::internal {
namespace {

std::atomic<bool> used{false};
std::atomic<bool> forked{false};
std::atomic<uint64_t> forks{0};

void OnForkInChild() {
  ++forks;
  if (used) forked = true;
}

// When the library is loaded: a child of a process that registers this while it forks would not
// know.
[[maybe_unused]] const int kRegistered = pthread_atfork(nullptr, nullptr, OnForkInChild);

}  // namespace

absl::Status BeginUse() {
  if (Forked()) return ForkedError();
  used.store(true, std::memory_order_relaxed);
  return absl::OkStatus();
}

bool Forked() { return forked.load(std::memory_order_relaxed); }

absl::Status ForkedError() {
  return NotSent(absl::FailedPreconditionError(
      "this process was forked from one that had used s2, and has none of its threads: s2 can be "
      "used in it after exec, or where it was not used before fork"));
}

void Leak(std::shared_ptr<const void> kept) {
  struct Node {
    std::shared_ptr<const void> kept;
    Node* next;
  };
  // A list, so that what is on it can still be reached, and is no leak to a sanitizer.
  static std::atomic<Node*> leaked{nullptr};
  auto* const node = new Node{std::move(kept), leaked.load()};
  while (!leaked.compare_exchange_weak(node->next, node)) {
  }
}

uint64_t Forks() { return forks.load(std::memory_order_relaxed); }

}  // namespace s2::internal
