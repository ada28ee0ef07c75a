// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SERVER_INTERNAL_HELD_BYTES_H_
#define S2_SERVER_INTERNAL_HELD_BYTES_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

#include "absl/status/status.h"

namespace s2::server {

// The bytes of messages that all calls hold together, which has a limit. Thread safe.
class HeldBytes {
 public:
  // 0: no limit.
  explicit HeldBytes(size_t limit) : limit_(limit) {}

  size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  // OK, or the error of whoever would hold more: kRateLimited.
  absl::Status Check() const {
    return limit_ == 0 || bytes() < limit_ ? absl::OkStatus() : OverLimit();
  }

 private:
  friend class Holding;

  absl::Status OverLimit() const;

  const size_t limit_;
  std::atomic<size_t> bytes_{0};
};

// What one call holds, as a part of what all hold; nothing once it is destroyed. Not thread safe:
// the call guards it.
class Holding {
 public:
  explicit Holding(std::shared_ptr<HeldBytes> all) : all_(std::move(all)) {}
  ~Holding() { Clear(); }
  Holding(const Holding&) = delete;
  Holding& operator=(const Holding&) = delete;

  size_t bytes() const { return bytes_; }
  void Add(size_t bytes) {
    bytes_ += bytes;
    all_->bytes_.fetch_add(bytes, std::memory_order_relaxed);
  }
  void Drop(size_t bytes) {
    bytes_ -= bytes;
    all_->bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  }
  void Clear() { Drop(bytes_); }

 private:
  const std::shared_ptr<HeldBytes> all_;
  size_t bytes_ = 0;
};

}  // namespace s2::server

#endif  // S2_SERVER_INTERNAL_HELD_BYTES_H_
