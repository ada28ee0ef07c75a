// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_BENCH_CHECK_H_
#define S2_BENCH_CHECK_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace s2::bench {

// A run that went wrong has no figure: says why and ends the process.
[[noreturn]] void Die(absl::string_view why);

inline void Check(const absl::Status& status) {
  if (!status.ok()) Die(status.message());
}

template <typename T>
T Check(absl::StatusOr<T> result) {
  Check(result.status());
  return *std::move(result);
}

}  // namespace s2::bench

#endif  // S2_BENCH_CHECK_H_
