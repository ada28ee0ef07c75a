// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_BENCH_COUNT_NEW_H_
#define S2_BENCH_COUNT_NEW_H_

#include <cstdint>

namespace s2::bench {

// Counts the calls of operator new, by all threads, while it lives; there is one at a time.
class NewCounter {
 public:
  NewCounter();
  ~NewCounter();
  NewCounter(const NewCounter&) = delete;
  NewCounter& operator=(const NewCounter&) = delete;

  uint64_t calls() const;
};

}  // namespace s2::bench

#endif  // S2_BENCH_COUNT_NEW_H_
