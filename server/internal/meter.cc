// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/server/internal/meter.h"

#include <algorithm>
#include <string>

#include "s2/retry/error.h"

namespace s2::server {
namespace {

// Views what StatusCodeToString copies.
absl::string_view StatusName(absl::StatusCode code) {
  static const auto* const names = [] {
    auto* all = new std::vector<std::string>;
    for (int i = 0; i <= static_cast<int>(absl::StatusCode::kUnauthenticated); ++i) {
      all->push_back(absl::StatusCodeToString(static_cast<absl::StatusCode>(i)));
    }
    return all;
  }();
  return (*names)[static_cast<size_t>(code)];
}

}  // namespace

absl::string_view ErrorName(const absl::Status& status) {
  const ErrorCode code = GetErrorCode(status);
  return code == ErrorCode::kNone ? StatusName(status.code()) : GetErrorRow(code).name;
}

void Meter::Acked(absl::Duration latency) {
  const double seconds = absl::ToDoubleSeconds(latency);
  const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
  Add(acks_[static_cast<size_t>(bound - kBounds.begin())], 1);
  Add(ack_nanoseconds_, absl::ToInt64Nanoseconds(latency));
}

void Meter::CallEnded(const absl::Status& status) {
  if (status.ok()) return;
  if (ReconnectForwarded(status)) Add(reconnects_, 1);
  const ErrorCode code = GetErrorCode(status);
  if (code != ErrorCode::kNone) {
    Add(by_code_[static_cast<size_t>(code)], 1);
  } else {
    Add(by_status_[static_cast<size_t>(status.code())], 1);
  }
}

void Meter::SessionEnded(const SessionEnd& end) {
  CallEnded(end.status);
  if (on_failed_session_ == nullptr || end.status.ok() || absl::IsCancelled(end.status) ||
      ReconnectForwarded(end.status)) {
    return;
  }
  on_failed_session_(end);
}

Meter::AckLatency Meter::ack_latency() const {
  AckLatency latency;
  std::transform(acks_.begin(), acks_.end(), latency.buckets.begin(),
                 [](const std::atomic<uint64_t>& acks) { return Get(acks); });
  latency.sum = static_cast<double>(Get(ack_nanoseconds_)) / 1e9;
  return latency;
}

std::vector<std::pair<absl::string_view, uint64_t>> Meter::errors() const {
  std::vector<std::pair<absl::string_view, uint64_t>> errors;
  for (const ErrorRow& row : ErrorTable()) {
    if (const uint64_t n = Get(by_code_[static_cast<size_t>(row.code)])) {
      errors.emplace_back(row.name, n);
    }
  }
  for (size_t i = 0; i < kStatusCodes; ++i) {
    if (const uint64_t n = Get(by_status_[i])) {
      errors.emplace_back(StatusName(static_cast<absl::StatusCode>(i)), n);
    }
  }
  return errors;
}

}  // namespace s2::server
