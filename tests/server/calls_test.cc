// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/server/internal/calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "s2/retry/clock.h"
#include "s2/retry/error.h"

namespace s2::server {
namespace {

using ::testing::ElementsAre;

// Leaves when it is told to, and remembers what it was told.
class FakeCall : public Call {
 public:
  FakeCall(Calls& calls, bool leaves_on_drain) : calls_(calls), leaves_on_drain_(leaves_on_drain) {}

  void Drain() override {
    told_.push_back("drain");
    if (leaves_on_drain_) Leave();
  }
  void Kill() override {
    told_.push_back("kill");
    Leave();
  }
  void Leave() { calls_.Leave(id_); }

  uint64_t id_ = 0;
  std::vector<std::string> told_;

 private:
  Calls& calls_;
  const bool leaves_on_drain_;
};

std::shared_ptr<FakeCall> EnterCall(Calls& calls, bool leaves_on_drain) {
  auto call = std::make_shared<FakeCall>(calls, leaves_on_drain);
  const absl::StatusOr<uint64_t> id = calls.Enter(call);
  EXPECT_TRUE(id.ok()) << id.status();
  if (id.ok()) call->id_ = *id;
  return call;
}

TEST(CallsTest, DrainTellsEachCallAndSendsNewOnesElsewhere) {
  Calls calls;
  const auto one = EnterCall(calls, true);
  const auto two = EnterCall(calls, true);
  EXPECT_NE(one->id_, two->id_);
  calls.Drain();
  EXPECT_THAT(one->told_, ElementsAre("drain"));
  EXPECT_THAT(two->told_, ElementsAre("drain"));
  for (const absl::Status& refusal : {calls.Admit(), calls.Enter(one).status()}) {
    EXPECT_EQ(GetErrorCode(refusal), ErrorCode::kServerDraining);
    EXPECT_EQ(ReconnectForwarded(refusal), 0u);
  }
}

TEST(CallsTest, ARefusalWaitsWhileADrainHoldsCalls) {
  Calls calls;
  std::vector<int> ended;
  calls.Refuse([&] { ended.push_back(1); });
  EXPECT_THAT(ended, ElementsAre(1));
  calls.Drain();
  calls.Refuse([&] { ended.push_back(2); });
  EXPECT_THAT(ended, ElementsAre(1));
  calls.RefuseHeld();
  EXPECT_THAT(ended, ElementsAre(1, 2));
  calls.Refuse([&] { ended.push_back(3); });
  EXPECT_THAT(ended, ElementsAre(1, 2, 3));
}

TEST(CallsTest, NoMoreRefusalsWaitThanThereMayBeCalls) {
  CallLimits limits;
  limits.max_calls = 2;
  Calls calls(limits);
  calls.Drain();
  std::vector<int> ended;
  for (int i = 1; i <= 3; ++i) {
    calls.Refuse([&ended, i] { ended.push_back(i); });
  }
  EXPECT_THAT(ended, ElementsAre(3));
  calls.RefuseHeld();
  EXPECT_THAT(ended, ElementsAre(3, 1, 2));
}

TEST(CallsTest, StopEndsTheCallsThatAreHeld) {
  Calls calls;
  calls.Drain();
  bool ended = false;
  calls.Refuse([&] { ended = true; });
  calls.Stop();
  EXPECT_TRUE(ended);
}

TEST(CallsTest, TheEndIsThatOfTheLastCall) {
  Calls calls;
  const auto call = EnterCall(calls, false);
  calls.Drain();
  EXPECT_FALSE(calls.AwaitEnd(Clock::System()->Now()));
  std::thread leave([&] { call->Leave(); });
  EXPECT_TRUE(calls.AwaitEnd(absl::InfiniteFuture()));
  leave.join();
  EXPECT_THAT(call->told_, ElementsAre("drain"));
}

TEST(CallsTest, KillKillsWhatIsLeft) {
  Calls calls;
  const auto call = EnterCall(calls, false);
  calls.Drain();
  calls.Kill();
  EXPECT_THAT(call->told_, ElementsAre("drain", "kill"));
}

TEST(CallsTest, StopKillsAndRefusesWithUnavailable) {
  Calls calls;
  const auto call = EnterCall(calls, false);
  calls.Stop();
  EXPECT_THAT(call->told_, ElementsAre("kill"));
  EXPECT_EQ(calls.Admit().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(GetErrorCode(calls.Admit()), ErrorCode::kNone);
}

TEST(CallsTest, NoMoreCallsThanTheLimit) {
  Calls calls({/*max_calls=*/2, /*max_connections=*/0});
  const auto one = EnterCall(calls, true);
  const auto two = EnterCall(calls, true);
  const absl::Status refusal = calls.Enter(one).status();
  EXPECT_EQ(refusal.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(std::string(refusal.message()), "max_calls is 2, and as many are under way");
  EXPECT_TRUE(IsRetryable(refusal));
  EXPECT_TRUE(HasNoSideEffects(refusal));
  two->Leave();
  EnterCall(calls, true);
}

TEST(CallsTest, NoMoreCallsWhileTooMuchIsHeld) {
  const auto held = std::make_shared<HeldBytes>(10);
  Calls calls({}, held);
  const auto one = EnterCall(calls, true);
  Holding holding(held);
  holding.Add(10);
  const absl::Status refusal = calls.Enter(one).status();
  EXPECT_EQ(GetErrorCode(refusal), ErrorCode::kRateLimited);
  EXPECT_EQ(std::string(refusal.message()), "max_held_bytes is 10, and calls hold 10");
  EXPECT_EQ(calls.Admit(), absl::OkStatus()) << "a call that does not enter holds nothing";
  holding.Drop(1);
  EnterCall(calls, true);
}

TEST(CallsTest, NoMoreConnectionsThanTheLimit) {
  Calls calls({/*max_calls=*/0, /*max_connections=*/2});
  const auto call = std::make_shared<FakeCall>(calls, true);
  const uint64_t first = *calls.Enter(call, "a");
  const uint64_t second = *calls.Enter(call, "a");
  EXPECT_TRUE(calls.Enter(call, "b").ok());
  const absl::Status refusal = calls.Enter(call, "c").status();
  EXPECT_EQ(refusal.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(std::string(refusal.message()),
            "max_connections is 2, and as many others have sessions");
  EXPECT_TRUE(calls.Enter(call).ok()) << "it keeps no connection up";
  calls.Leave(first);
  EXPECT_FALSE(calls.Enter(call, "c").ok()) << "the first connection still has one";
  calls.Leave(second);
  EXPECT_TRUE(calls.Enter(call, "c").ok());
}

TEST(CallsTest, ADrainingErrorTellsHowManyInputsWereTaken) {
  EXPECT_EQ(GetErrorCode(DrainingError(7)), ErrorCode::kServerDraining);
  EXPECT_EQ(ReconnectForwarded(DrainingError(7)), 7u);
}

}  // namespace
}  // namespace s2::server
