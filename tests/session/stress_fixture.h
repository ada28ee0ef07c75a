// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SESSION_STRESS_FIXTURE_H_
#define S2_TESTS_SESSION_STRESS_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>

#include "absl/time/time.h"
#include "s2/retry/policy.h"
#include "s2/session/internal/runtime.h"
#include "s2/tests/session/stress_transport.h"

namespace s2::internal {

// Sessions with real threads against a server that breaks streams at random. What these tests
// cannot foresee, ThreadSanitizer and AddressSanitizer see. The parameter is the seed.
class StressTest : public ::testing::TestWithParam<unsigned> {
 protected:
  ~StressTest() override { server_->AwaitQuiet(); }

  static Runtime RealRuntime() {
    return Runtime{Clock::System(), Executor::Default(), [] { return 0.5; }, nullptr};
  }
  // As often as it takes, a millisecond after each failure.
  static RetryOptions RetryForEver() {
    RetryOptions retry;
    retry.budget = RetryBudget::Forever();
    retry.min_backoff = retry.max_backoff = absl::Milliseconds(1);
    return retry;
  }

  const std::shared_ptr<StressTransport> server_ = std::make_shared<StressTransport>(GetParam());
};

}  // namespace s2::internal

#endif  // S2_TESTS_SESSION_STRESS_FIXTURE_H_
