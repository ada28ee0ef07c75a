// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include "s2/tests/session/read_session_fixture.h"

namespace s2::internal {
namespace {

class ReadSessionCaughtUp : public ReadSessionTest {
 protected:
  using Answer = std::optional<absl::StatusOr<v1::StreamPosition>>;

  void Ask(Answer* answer) {
    session_->CaughtUpAsync([answer](absl::StatusOr<v1::StreamPosition> a) { *answer = a; });
    executor_->RunAll();
  }
  absl::StatusOr<v1::StreamPosition> WaitNow() {
    return session_->WaitCaughtUp(absl::InfinitePast());
  }
};

TEST_F(ReadSessionCaughtUp, FollowsDeliveryAndPinsTheTail) {
  OpenAccepted();
  Answer answer;
  Ask(&answer);
  call().Deliver(Batch({0, 1}, 2));
  executor_->RunAll();
  EXPECT_FALSE(session_->caught_up());
  EXPECT_FALSE(answer.has_value());
  EXPECT_TRUE(absl::IsDeadlineExceeded(WaitNow().status()));

  EXPECT_EQ(ShowNext(), "0 1");
  executor_->RunAll();
  EXPECT_TRUE(session_->caught_up());
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ((*answer)->seq_num(), 2u);
  EXPECT_EQ(WaitNow()->seq_num(), 2u);

  call().Deliver(Batch({2}, 3));
  EXPECT_TRUE(session_->caught_up()) << "as of delivery";
  EXPECT_EQ(session_->last_tail()->seq_num(), 2u);
  EXPECT_EQ(ShowNext(), "2");
  EXPECT_EQ(WaitNow()->seq_num(), 3u);
  EXPECT_EQ((*answer)->seq_num(), 2u);
}

TEST_F(ReadSessionCaughtUp, BatchesBehindTheTailDoNot) {
  OpenAccepted();
  call().Deliver(Batch({0}));
  EXPECT_EQ(ShowNext(), "0");
  EXPECT_FALSE(session_->caught_up()) << "no tail";
  call().Deliver(Batch({1}, 5));
  EXPECT_EQ(ShowNext(), "1");
  EXPECT_FALSE(session_->caught_up()) << "the tail is ahead";
  EXPECT_EQ(session_->last_tail()->seq_num(), 5u);
  call().Deliver(Batch({2, 3, 4}, 5));
  EXPECT_EQ(ShowNext(), "2 3 4");
  EXPECT_TRUE(session_->caught_up());
  call().Deliver(Batch({5}));
  EXPECT_EQ(ShowNext(), "5");
  EXPECT_FALSE(session_->caught_up()) << "newer records";
}

TEST_F(ReadSessionCaughtUp, AHeartbeatCountsAtOnceWhenNothingIsBuffered) {
  OpenAccepted();
  call().Deliver(Heartbeat(0));
  EXPECT_TRUE(session_->caught_up());
  EXPECT_EQ(session_->last_tail()->seq_num(), 0u);
}

TEST_F(ReadSessionCaughtUp, WaitsUntilAGapBeforeTheTailWasTold) {
  OpenAccepted();
  Answer answer;
  Ask(&answer);
  call().Deliver(Batch({0}));
  call().Deliver(Heartbeat(4));
  EXPECT_EQ(ShowNext(), "0");
  executor_->RunAll();
  EXPECT_FALSE(session_->caught_up());
  EXPECT_FALSE(answer.has_value());
  EXPECT_EQ(ShowNext(), "[1,4)");
  executor_->RunAll();
  EXPECT_TRUE(session_->caught_up());
  EXPECT_EQ((*answer)->seq_num(), 4u);
  EXPECT_EQ(session_->next_seq_num(), 4u);
}

TEST_F(ReadSessionCaughtUp, WaitsUntilAGapBeforeCommandsLeftOutWasTold) {
  options_.skip_commands = true;
  OpenAccepted();
  call().Deliver(CommandBatch({3}, 4));
  EXPECT_FALSE(session_->caught_up());
  EXPECT_EQ(session_->next_seq_num(), 0u);
  EXPECT_EQ(ShowNext(), "[0,3)");
  EXPECT_TRUE(session_->caught_up());
  EXPECT_EQ(session_->next_seq_num(), 4u);
}

TEST_F(ReadSessionCaughtUp, AHeartbeatWaitsForTheBatchesBeforeIt) {
  OpenAccepted();
  Answer answer;
  Ask(&answer);
  call().Deliver(Batch({0}));
  call().Deliver(Batch({1}));
  call().Deliver(Heartbeat(2));
  EXPECT_EQ(ShowNext(), "0");
  EXPECT_FALSE(session_->caught_up());
  EXPECT_EQ(session_->last_tail(), std::nullopt);
  EXPECT_EQ(ShowNext(), "1");
  executor_->RunAll();
  EXPECT_TRUE(session_->caught_up());
  EXPECT_EQ((*answer)->seq_num(), 2u);
}

TEST_F(ReadSessionCaughtUp, AnUnchangedHeartbeatChangesNothing) {
  OpenAccepted();
  call().Deliver(Heartbeat(0));
  const auto before = WaitNow();
  call().Deliver(Heartbeat(0));
  EXPECT_TRUE(session_->caught_up());
  EXPECT_EQ(WaitNow()->SerializeAsString(), before->SerializeAsString());
}

TEST_F(ReadSessionCaughtUp, ACommandLeftOutCountsTowardIt) {
  options_.skip_commands = true;
  OpenAccepted();
  call().Deliver(CommandBatch({0}, 1));
  EXPECT_TRUE(session_->caught_up());
  EXPECT_EQ(session_->next_seq_num(), 1u);
  call().Deliver(Batch({1}));
  call().Deliver(CommandBatch({2}, 3));
  EXPECT_EQ(session_->next_seq_num(), 1u);
  EXPECT_EQ(ShowNext(), "1");
  EXPECT_TRUE(session_->caught_up());
  EXPECT_EQ(session_->next_seq_num(), 3u);
}

TEST_F(ReadSessionCaughtUp, AWaitSurvivesARetry) {
  OpenAccepted();
  Answer answer;
  Ask(&answer);
  Reconnect();
  executor_->RunAll();
  EXPECT_FALSE(answer.has_value());
  call().Deliver(Heartbeat(0));
  executor_->RunAll();
  ASSERT_TRUE(answer.has_value());
  EXPECT_TRUE(answer->ok());
}

TEST_F(ReadSessionCaughtUp, ARetryEndsItOnceTheBatchesBeforeAreTaken) {
  OpenAccepted();
  call().Deliver(Heartbeat(0));
  EXPECT_TRUE(session_->caught_up());
  call().Finish(Broken());
  EXPECT_FALSE(session_->caught_up());
  clock_->AdvanceToNextTimer();
  call().Accept();
  call().Deliver(Batch({0}, 1));
  call().Finish(Broken());
  EXPECT_EQ(ShowNext(), "0");
  EXPECT_FALSE(session_->caught_up()) << "nobody knows the tail now";
}

TEST_F(ReadSessionCaughtUp, ACleanEndRejectsTheWait) {
  request_.set_count(1);
  OpenAccepted();
  Answer answer;
  Ask(&answer);
  call().Deliver(Batch({0}));
  call().Finish(absl::OkStatus());
  executor_->RunAll();
  EXPECT_FALSE(answer.has_value()) << "the batch before the end is not taken";
  EXPECT_EQ(ShowNext(), "0");
  executor_->RunAll();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(GetErrorCode(answer->status()), ErrorCode::kSessionClosed);
  EXPECT_EQ(GetErrorCode(WaitNow().status()), ErrorCode::kSessionClosed);
}

TEST_F(ReadSessionCaughtUp, AnErrorRejectsTheWait) {
  OpenAccepted();
  Answer answer;
  Ask(&answer);
  call().Finish(MakeError(ErrorCode::kPermissionDenied, "no"));
  executor_->RunAll();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(GetErrorCode(answer->status()), ErrorCode::kPermissionDenied);
  EXPECT_EQ(GetErrorCode(WaitNow().status()), ErrorCode::kPermissionDenied);
}

TEST_F(ReadSessionCaughtUp, AnEndAfterwardsKeepsWhatWasResolved) {
  for (const absl::Status& end :
       {absl::OkStatus(), MakeError(ErrorCode::kPermissionDenied, "no")}) {
    OpenWaiting();
    call().Deliver(Heartbeat(0));
    call().Finish(end);
    EXPECT_TRUE(session_->caught_up());
    EXPECT_TRUE(WaitNow().ok());
    EXPECT_FALSE(Next().ok() && !Next()->end);
    EXPECT_TRUE(WaitNow().ok());
    session_.reset();
  }
}

TEST_F(ReadSessionCaughtUp, DestroyingOrCancellingTheSessionRejectsTheWait) {
  for (bool destroy : {true, false}) {
    OpenAccepted();
    Answer answer;
    Ask(&answer);
    if (destroy) {
      session_.reset();
    } else {
      session_->Cancel();
    }
    executor_->RunAll();
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(GetErrorCode(answer->status()), ErrorCode::kSessionClosed);
  }
}

TEST_F(ReadSessionCaughtUp, TheClockOfTheSessionAloneEndsAWait) {
  OpenAccepted();
  const absl::Time deadline = clock_->Now() + absl::Seconds(1);
  absl::StatusOr<v1::StreamPosition> answer;
  std::thread waiter([&] { answer = session_->WaitCaughtUp(deadline); });
  clock_->AwaitTimer(deadline);
  clock_->Advance(absl::Seconds(1));
  waiter.join();
  EXPECT_TRUE(absl::IsDeadlineExceeded(answer.status()));
}

TEST_F(ReadSessionCaughtUp, AThreadThatWaitsIsWoken) {
  for (bool caught_up : {true, false}) {
    OpenAccepted();
    absl::StatusOr<v1::StreamPosition> answer;
    std::thread waiter([&] { answer = session_->WaitCaughtUp(); });
    if (caught_up) {
      call().Deliver(Heartbeat(0));
    } else {
      session_->Cancel();
    }
    waiter.join();
    EXPECT_EQ(answer.ok(), caught_up) << answer.status();
    session_.reset();
  }
}

}  // namespace
}  // namespace s2::internal
