// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gtest/gtest.h>

#include <thread>

#include "s2/session/append_ticket.h"
#include "s2/session/internal/ticket_state.h"
#include "s2/testing/manual_clock.h"
#include "s2/tests/session/manual_executor.h"

namespace s2::internal {
namespace {

class TicketTest : public ::testing::Test {
 protected:
  static v1::AppendAck Ack() {
    v1::AppendAck ack;
    ack.mutable_start()->set_seq_num(3);
    return ack;
  }
  void Resolve(TicketState::Result result) {
    state_->Resolve(std::move(result));
    callbacks_->Kick();
    if (state_->awaited()) state_->Wake();
  }

  const std::shared_ptr<ManualExecutor> executor_ = std::make_shared<ManualExecutor>();
  const std::shared_ptr<SerialExecutor> callbacks_ = std::make_shared<SerialExecutor>(executor_);
  const std::shared_ptr<testing::ManualClock> clock_ = std::make_shared<testing::ManualClock>();
  const std::shared_ptr<TicketState> state_ =
      std::make_shared<TicketState>(std::make_shared<const TicketContext>(callbacks_, clock_));
  const AppendTicket ticket_{state_};
};

TEST_F(TicketTest, ResolvesOnceAndForAllItsCopies) {
  const AppendTicket copy = ticket_;
  EXPECT_FALSE(copy.done());
  Resolve(Ack());
  Resolve(absl::InternalError("late"));
  EXPECT_TRUE(copy.done());
  EXPECT_EQ(copy.Wait()->start().seq_num(), 3);
  EXPECT_EQ(&copy.Wait(), &ticket_.Wait());
}

TEST_F(TicketTest, WaitsOnlyUntilTheDeadline) {
  EXPECT_FALSE(ticket_.WaitUntil(absl::InfinitePast()));
  Resolve(Ack());
  EXPECT_TRUE(ticket_.WaitUntil(absl::InfinitePast()));
}

TEST_F(TicketTest, TheClockOfTheSessionAloneEndsAWait) {
  const absl::Time deadline = clock_->Now() + absl::Hours(1);
  std::thread waiter([&] { EXPECT_FALSE(ticket_.WaitUntil(deadline)); });
  clock_->AwaitTimer(deadline);
  clock_->Advance(absl::Hours(1));
  waiter.join();
  EXPECT_EQ(clock_->timers(), 0u);
}

TEST_F(TicketTest, WakesAThreadThatWaits) {
  std::thread waiter([&] { EXPECT_TRUE(ticket_.Wait().ok()); });
  std::thread timed([&] { EXPECT_TRUE(ticket_.WaitUntil(absl::InfiniteFuture())); });
  Resolve(Ack());
  waiter.join();
  timed.join();
}

TEST_F(TicketTest, SaysWhetherSomebodyEverWaited) {
  EXPECT_FALSE(state_->awaited());
  EXPECT_FALSE(ticket_.WaitUntil(absl::InfinitePast()));
  EXPECT_TRUE(state_->awaited());
}

TEST_F(TicketTest, CallsBackOnceWhenItResolves) {
  int calls = 0;
  ticket_.OnDone([&](const auto& result) { calls += result.ok() ? 1 : 100; });
  EXPECT_EQ(executor_->RunAll(), 0);
  Resolve(Ack());
  EXPECT_EQ(calls, 0);
  executor_->RunAll();
  executor_->RunAll();
  EXPECT_EQ(calls, 1);
}

TEST_F(TicketTest, CallsBackOnceAfterItHasResolved) {
  int calls = 0;
  Resolve(Ack());
  ticket_.OnDone([&](const auto& result) { calls += result.ok() ? 1 : 100; });
  EXPECT_EQ(calls, 0) << "never inside OnDone";
  executor_->RunAll();
  executor_->RunAll();
  EXPECT_EQ(calls, 1);
}

TEST_F(TicketTest, DestroysItsCallbackAfterTheCall) {
  auto owned = std::make_shared<int>();
  const std::weak_ptr<int> watch = owned;
  ticket_.OnDone([owned = std::move(owned)](const auto&) {});
  Resolve(Ack());
  EXPECT_FALSE(watch.expired());
  executor_->RunAll();
  EXPECT_TRUE(watch.expired());
}

}  // namespace
}  // namespace s2::internal
