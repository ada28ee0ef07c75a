// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/bench/count_new.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {
std::atomic<bool> counting{false};
std::atomic<uint64_t> calls_made{0};
}  // namespace

// The other forms of new and delete, but for the aligned ones, call these.

void* operator new(std::size_t size) {
  if (counting.load(std::memory_order_relaxed)) {
    calls_made.fetch_add(1, std::memory_order_relaxed);
  }
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace s2::bench {

NewCounter::NewCounter() {
  calls_made = 0;
  counting = true;
}

NewCounter::~NewCounter() { counting = false; }

uint64_t NewCounter::calls() const { return calls_made; }

}  // namespace s2::bench
