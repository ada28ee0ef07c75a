// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/executor.h"

#include <gmock/gmock.h>

#include <thread>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "s2/session/internal/serial_executor.h"
#include "s2/tests/session/manual_executor.h"

namespace s2::internal {
namespace {

using ::testing::ElementsAre;

TEST(ExecutorTest, TheDefaultIsOneAProcessAndRunsWorkElsewhere) {
  EXPECT_EQ(Executor::Default(), Executor::Default());
  absl::Notification ran;
  std::thread::id where;
  Executor::Default()->Run([&] {
    where = std::this_thread::get_id();
    ran.Notify();
  });
  ran.WaitForNotification();
  EXPECT_NE(where, std::this_thread::get_id());
}

TEST(ExecutorTest, ABlockedCallbackDoesNotStopTheDefault) {
  absl::Notification release, released, ran;
  Executor::Default()->Run([&] {
    release.WaitForNotification();
    released.Notify();
  });
  Executor::Default()->Run([&] { ran.Notify(); });
  ran.WaitForNotification();
  release.Notify();
  released.WaitForNotification();
}

TEST(SerialExecutorTest, RunsInOrderAndLeavesWhatComesMeanwhileToAnotherTurn) {
  auto executor = std::make_shared<ManualExecutor>();
  auto serial = std::make_shared<SerialExecutor>(executor);
  std::vector<int> ran;
  serial->Add([&] {
    ran.push_back(1);
    serial->Add([&] { ran.push_back(3); });
    serial->Kick();
  });
  serial->Add([&] { ran.push_back(2); });
  EXPECT_TRUE(ran.empty());
  serial->Kick();
  serial->Kick();
  EXPECT_TRUE(ran.empty());
  EXPECT_EQ(executor->RunAll(), 2);
  EXPECT_THAT(ran, ElementsAre(1, 2, 3));
}

TEST(SerialExecutorTest, KeepsItselfUntilItsWorkIsDone) {
  auto executor = std::make_shared<ManualExecutor>();
  bool ran = false;
  {
    auto serial = std::make_shared<SerialExecutor>(executor);
    serial->Add([&] { ran = true; });
    serial->Kick();
  }
  executor->RunAll();
  EXPECT_TRUE(ran);
}

TEST(SerialExecutorTest, NeverRunsTwoAtOnce) {
  auto serial = std::make_shared<SerialExecutor>(Executor::Default());
  constexpr int kThreads = 4, kEach = 500;
  int unguarded = 0;  // ThreadSanitizer watches it
  absl::BlockingCounter left(kThreads * kEach);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        serial->Add([&] {
          ++unguarded;
          left.DecrementCount();
        });
        serial->Kick();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  left.Wait();
  EXPECT_EQ(unguarded, kThreads * kEach);
}

}  // namespace
}  // namespace s2::internal
