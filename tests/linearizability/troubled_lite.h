// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_LINEARIZABILITY_TROUBLED_LITE_H_
#define S2_TESTS_LINEARIZABILITY_TROUBLED_LITE_H_

#include <cstdint>
#include <random>
#include <string>
#include <thread>

#include "absl/synchronization/notification.h"
#include "s2/tests/faults/proxy.h"
#include "s2/tests/lite/lite.h"

namespace s2::linearizability {

// `s2 lite` with its data on a disk, behind a proxy whose connections break at random. From
// BeginKilling on, until it is destroyed, it is killed and started again.
class TroubledLite {
 public:
  explicit TroubledLite(uint64_t seed);
  ~TroubledLite();

  std::string endpoint() const;
  void BeginKilling();

 private:
  void Kill();

  lite::Lite lite_;
  testing::Proxy proxy_;
  std::mt19937_64 kills_;
  std::mt19937_64 cuts_;
  absl::Notification end_;
  std::thread thread_;
};

}  // namespace s2::linearizability

#endif  // S2_TESTS_LINEARIZABILITY_TROUBLED_LITE_H_
