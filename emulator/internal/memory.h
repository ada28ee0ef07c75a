// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EMULATOR_INTERNAL_MEMORY_H_
#define S2_EMULATOR_INTERNAL_MEMORY_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace s2::emulator {

// The memory that all streams of an emulator take together, which has a cap, and their records.
// Thread safe.
class Memory {
 public:
  // `cap` is in bytes; 0: there is none.
  explicit Memory(size_t cap) : cap_(cap) {}

  // Takes `bytes` unless that would exceed the cap.
  bool Reserve(size_t bytes) {
    size_t held = held_.load(std::memory_order_relaxed);
    do {
      if (cap_ != 0 && (bytes > cap_ || held > cap_ - bytes)) return false;
    } while (!held_.compare_exchange_weak(held, held + bytes, std::memory_order_relaxed));
    return true;
  }
  // Takes `bytes`, whatever the cap.
  void ReserveAnyway(size_t bytes) { held_.fetch_add(bytes, std::memory_order_relaxed); }
  void Release(size_t bytes) { held_.fetch_sub(bytes, std::memory_order_relaxed); }

  // Count records that were appended, and those that were dropped, with their metered bytes.
  void AddRecords(uint64_t records, size_t metered) {
    records_.fetch_add(records, std::memory_order_relaxed);
    metered_.fetch_add(metered, std::memory_order_relaxed);
  }
  void DropRecords(uint64_t records, size_t metered) {
    records_.fetch_sub(records, std::memory_order_relaxed);
    metered_.fetch_sub(metered, std::memory_order_relaxed);
  }

  size_t cap() const { return cap_; }
  size_t held() const { return held_.load(std::memory_order_relaxed); }
  size_t metered() const { return metered_.load(std::memory_order_relaxed); }
  uint64_t records() const { return records_.load(std::memory_order_relaxed); }

 private:
  const size_t cap_;
  std::atomic<size_t> held_{0};
  std::atomic<size_t> metered_{0};
  std::atomic<uint64_t> records_{0};
};

}  // namespace s2::emulator

#endif  // S2_EMULATOR_INTERNAL_MEMORY_H_
