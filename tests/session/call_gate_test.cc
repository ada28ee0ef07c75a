// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/call_gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace s2::internal {
namespace {

TEST(CallGateTest, LetsInOnlyWhileItIsOpen) {
  CallGate gate;
  EXPECT_FALSE(gate.Enter());
  gate.Open();
  EXPECT_TRUE(gate.Enter());
  EXPECT_FALSE(gate.Leave());
  EXPECT_TRUE(gate.Close());
  EXPECT_FALSE(gate.Enter());
}

TEST(CallGateTest, TheLastToLeaveAfterItClosedLearnsIt) {
  CallGate gate;
  gate.Open();
  EXPECT_TRUE(gate.Enter());
  EXPECT_TRUE(gate.Enter());
  EXPECT_FALSE(gate.Close());
  EXPECT_FALSE(gate.Enter());
  EXPECT_FALSE(gate.Leave());
  EXPECT_TRUE(gate.Leave());
}

TEST(CallGateTest, OneOfManyThreadsIsTheLastAndNobodyIsInThen) {
  for (int round = 0; round < 200; ++round) {
    CallGate gate;
    std::atomic<int> inside{0};
    std::atomic<int> last{0};
    const auto leave = [&](bool is_last) {
      if (!is_last) return;
      EXPECT_EQ(inside, 0);
      ++last;
    };
    gate.Open();
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        while (gate.Enter()) {
          ++inside;
          --inside;
          leave(gate.Leave());
        }
      });
    }
    leave(gate.Close());
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(last, 1);
  }
}

}  // namespace
}  // namespace s2::internal
