// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/append/permits.h"

#include <gmock/gmock.h>

#include <map>
#include <random>
#include <vector>

#include "s2/retry/error.h"

namespace s2::internal {
namespace {

std::shared_ptr<PermitWaiter> Wait(Permits& permits, size_t bytes) {
  auto waiter = std::make_shared<PermitWaiter>(bytes);
  permits.Wait(waiter);
  return waiter;
}

TEST(PermitsTest, NeverGivesOutMoreThanThereIs) {
  Permits permits(100, 0);
  EXPECT_TRUE(permits.TryTake(60));
  EXPECT_FALSE(permits.TryTake(41));
  EXPECT_TRUE(permits.TryTake(40));
  permits.Release(60);
  EXPECT_TRUE(permits.TryTake(60));
}

TEST(PermitsTest, RefusesWhatCanNeverFit) {
  Permits permits(100, 0);
  EXPECT_TRUE(permits.Check(100).ok());
  EXPECT_EQ(GetErrorCode(permits.Check(101)), ErrorCode::kInvalid);
}

TEST(PermitsTest, DoesNotOverflow) {
  Permits permits(std::numeric_limits<size_t>::max(), 0);
  EXPECT_TRUE(permits.TryTake(std::numeric_limits<size_t>::max() - 1));
  EXPECT_FALSE(permits.TryTake(2));
  EXPECT_TRUE(permits.TryTake(1));
}

TEST(PermitsTest, GrantsInOrderAsMuchAsFits) {
  Permits permits(100, 0);
  ASSERT_TRUE(permits.TryTake(100));
  auto a = Wait(permits, 50);
  auto b = Wait(permits, 60);
  auto c = Wait(permits, 1);
  permits.Release(100);
  EXPECT_EQ(permits.Grant(), a);
  EXPECT_EQ(permits.Grant(), nullptr) << "c does not overtake b";
  EXPECT_FALSE(permits.TryTake(1));
  permits.Release(50);
  EXPECT_EQ(permits.Grant(), b);
  EXPECT_EQ(permits.Grant(), c);
}

// Random operations against a plain model: the limits hold, the order holds, and in the end nothing
// is lost.
TEST(PermitsTest, HoldsItsLimitsAndLosesNothingWhateverHappens) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    constexpr size_t kBytes = 1000;
    const size_t max_batches = seed % 3 == 0 ? 0 : 1 + seed % 7;
    Permits permits(kBytes, max_batches);
    std::vector<size_t> taken;
    std::vector<std::shared_ptr<PermitWaiter>> waiting;
    const auto check = [&] {
      while (auto waiter = permits.Grant()) {
        ASSERT_FALSE(waiting.empty());
        ASSERT_EQ(waiter, waiting.front());
        waiting.erase(waiting.begin());
        taken.push_back(waiter->bytes);
      }
      size_t bytes = 0;
      for (size_t t : taken) bytes += t;
      ASSERT_LE(bytes, kBytes);
      ASSERT_TRUE(max_batches == 0 || taken.size() <= max_batches);
      if (!waiting.empty()) {
        ASSERT_TRUE(bytes + waiting.front()->bytes > kBytes ||
                    (max_batches != 0 && taken.size() == max_batches))
            << "the first could have its turn";
      }
    };
    for (int step = 0; step < 500; ++step) {
      const size_t bytes = 1 + random() % kBytes;
      switch (random() % 5) {
        case 0:
          if (permits.TryTake(bytes)) {
            ASSERT_TRUE(waiting.empty());
            taken.push_back(bytes);
          }
          break;
        case 1:
          waiting.push_back(Wait(permits, bytes));
          break;
        case 2:
          if (!taken.empty()) {
            permits.Release(taken.back());
            taken.pop_back();
          }
          break;
        case 3:
          if (!taken.empty()) {
            const size_t part = random() % taken[0];
            permits.ReleaseBytes(part);
            taken[0] -= part;
          }
          break;
        case 4:
          if (!waiting.empty()) {
            const auto it = waiting.begin() + random() % waiting.size();
            permits.Leave(**it);
            waiting.erase(it);
          }
          break;
      }
      check();
    }
    while (auto waiter = permits.Refuse(absl::CancelledError("end"))) {
      ASSERT_EQ(waiter, waiting.front());
      ASSERT_EQ(waiter->state, PermitWaiter::State::kRefused);
      waiting.erase(waiting.begin());
    }
    ASSERT_TRUE(waiting.empty());
    for (size_t t : taken) permits.Release(t);
    EXPECT_TRUE(permits.TryTake(kBytes));
  }
}

}  // namespace
}  // namespace s2::internal
