// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_CALL_GATE_H_
#define S2_SESSION_INTERNAL_CALL_GATE_H_

#include <atomic>
#include <cstdint>

namespace s2::internal {

// The way to something that must not go away while somebody is at it: lets them in while it is
// open, and tells who is the last to leave once it was closed. Thread safe, without a lock, because
// each message passes it.
class CallGate {
 public:
  // Once.
  void Open() { word_.store(kOpen, std::memory_order_release); }

  // True: the caller is in, and Leave must follow.
  bool Enter() {
    uint32_t word = word_.load(std::memory_order_relaxed);
    while ((word & kOpen) != 0) {
      if (word_.compare_exchange_weak(word, word + kOneInside, std::memory_order_acquire)) {
        return true;
      }
    }
    return false;
  }

  // Of these, one call returns true: the last Leave after Close, or Close itself if nobody is in.
  bool Leave() { return word_.fetch_sub(kOneInside, std::memory_order_acq_rel) == kOneInside; }
  // Once, after Open.
  bool Close() { return word_.fetch_sub(kOpen, std::memory_order_acq_rel) == kOpen; }

 private:
  static constexpr uint32_t kOpen = 1;
  static constexpr uint32_t kOneInside = 2;

  std::atomic<uint32_t> word_{0};
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_CALL_GATE_H_
