// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SERVER_INTERNAL_METER_H_
#define S2_SERVER_INTERNAL_METER_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "s2/retry/error_table.h"

namespace s2::server {

// S2's code for an error, or, where there is none, gRPC's, in capitals.
absl::string_view ErrorName(const absl::Status& status);

enum class SessionKind { kAppend, kRead };

// How a session ended. The names are views of what the client sent.
struct SessionEnd {
  SessionKind kind;
  absl::string_view basin;
  absl::string_view stream;  // percent-encoded
  const absl::Status& status;
};

// Counts what the calls of a server do, for its program to show. Thread safe.
class Meter {
 public:
  // The upper bounds of the buckets of ack latencies, in seconds. Behind them comes one more
  // bucket, without a bound.
  static constexpr std::array<double, 14> kBounds = {
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

  struct AckLatency {
    std::array<uint64_t, kBounds.size() + 1> buckets;  // not cumulative
    double sum;                                        // in seconds
  };

  void SessionOpened(SessionKind kind) { Add(sessions_[Index(kind)], 1); }
  void SessionClosed(SessionKind kind) { Add(sessions_[Index(kind)], -1); }
  // A message of a session came from its client, or was given to gRPC for it.
  void Received(size_t bytes) { Add(received_bytes_, bytes); }
  void Sent(size_t bytes) { Add(sent_bytes_, bytes); }
  // An input was taken this long ago, and its ack is here.
  void Acked(absl::Duration latency);
  // A call ended; SessionEnded says it of a session.
  void CallEnded(const absl::Status& status);
  void SessionEnded(const SessionEnd& end);

  // `sink` is shown the sessions that fail, but for those that are cancelled or sent elsewhere; it
  // must not block. To be set before there are calls.
  void set_on_failed_session(std::function<void(const SessionEnd&)> sink) {
    on_failed_session_ = std::move(sink);
  }

  int64_t sessions(SessionKind kind) const { return Get(sessions_[Index(kind)]); }
  uint64_t received_bytes() const { return Get(received_bytes_); }
  uint64_t sent_bytes() const { return Get(sent_bytes_); }
  AckLatency ack_latency() const;
  // Calls that were told to reconnect.
  uint64_t reconnects() const { return Get(reconnects_); }
  // How often calls ended with each error there was: by S2's code, or, without one, by gRPC's.
  std::vector<std::pair<absl::string_view, uint64_t>> errors() const;

 private:
  static constexpr size_t kCodes = static_cast<size_t>(ErrorCode::kStreamClosedEarly) + 1;
  static constexpr size_t kStatusCodes =
      static_cast<size_t>(absl::StatusCode::kUnauthenticated) + 1;

  static size_t Index(SessionKind kind) { return kind == SessionKind::kAppend ? 0 : 1; }
  template <typename T, typename N>
  static void Add(std::atomic<T>& figure, N n) {
    figure.fetch_add(static_cast<T>(n), std::memory_order_relaxed);
  }
  template <typename T>
  static T Get(const std::atomic<T>& figure) {
    return figure.load(std::memory_order_relaxed);
  }

  std::function<void(const SessionEnd&)> on_failed_session_;
  std::array<std::atomic<int64_t>, 2> sessions_{};
  std::atomic<uint64_t> received_bytes_{0};
  std::atomic<uint64_t> sent_bytes_{0};
  std::array<std::atomic<uint64_t>, kBounds.size() + 1> acks_{};  // by bucket
  std::atomic<int64_t> ack_nanoseconds_{0};
  std::atomic<uint64_t> reconnects_{0};
  std::array<std::atomic<uint64_t>, kCodes> by_code_{};
  std::array<std::atomic<uint64_t>, kStatusCodes> by_status_{};  // those without a code
};

}  // namespace s2::server

#endif  // S2_SERVER_INTERNAL_METER_H_
