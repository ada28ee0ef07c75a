// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/examples/create_if_missing.h"

#include "absl/time/clock.h"
#include "s2/retry/error.h"

namespace examples {
namespace {

// Somebody else may have been faster.
absl::Status OkIfExists(const absl::Status& status) {
  const bool exists = s2::GetErrorCode(status) == s2::ErrorCode::kResourceAlreadyExists;
  return exists ? absl::OkStatus() : status;
}

}  // namespace

absl::StatusOr<s2::v1::StreamPosition> CreateIfMissing(const s2::Client& client,
                                                       const std::string& basin,
                                                       const std::string& stream) {
  s2::CallOptions options;
  options.deadline = absl::Now() + absl::Seconds(10);
  const s2::Basin handle = client.Basin(basin);
  // Asking first: a token that may not create can still append.
  absl::StatusOr<s2::v1::StreamPosition> tail = handle.Stream(stream).CheckTail(options);
  const s2::ErrorCode error = s2::GetErrorCode(tail.status());
  const bool no_basin = error == s2::ErrorCode::kBasinNotFound;
  if (!no_basin && error != s2::ErrorCode::kStreamNotFound) return tail;
  if (no_basin) {
    const absl::Status s = OkIfExists(client.CreateBasin(basin, {}, options).status());
    if (!s.ok()) return s;
  }
  const absl::Status s = OkIfExists(handle.CreateStream(stream, {}, options).status());
  if (!s.ok()) return s;
  return handle.Stream(stream).CheckTail(options);
}

}  // namespace examples
