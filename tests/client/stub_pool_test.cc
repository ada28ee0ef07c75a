// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/internal/stub_pool.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "s2/session/executor.h"

namespace s2::internal {
namespace {

// What takes its time to be destroyed, as a gateway does whose look-up of a name is slow.
class Slow {
 public:
  explicit Slow(std::shared_ptr<absl::Notification> may_end) : may_end_(std::move(may_end)) {}
  ~Slow() { may_end_->WaitForNotification(); }

 private:
  const std::shared_ptr<absl::Notification> may_end_;
};

Stubs SlowStubs(std::shared_ptr<absl::Notification> may_end) {
  Stubs stubs;
  stubs.stream = {std::make_shared<Slow>(std::move(may_end)), nullptr};
  return stubs;
}

TEST(StubPoolTest, StubsThatAreSlowToGoHoldUpNeitherTheirOwnerNorCallbacks) {
  const auto may_end = std::make_shared<absl::Notification>();
  for (int i = 0; i < 3; ++i) StubPool::Of(SlowStubs(may_end));
  absl::BlockingCounter ran(2);
  for (int i = 0; i < 2; ++i) Executor::Default()->Run([&] { ran.DecrementCount(); });
  ran.Wait();
  may_end->Notify();
}

}  // namespace
}  // namespace s2::internal
