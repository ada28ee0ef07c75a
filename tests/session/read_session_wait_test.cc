// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gtest/gtest.h>

#include "s2/testing/internal/short_text.h"
#include "s2/tests/session/read_session_fixture.h"

namespace s2::internal {
namespace {

// Sessions that go on at the tail until nothing new has come for `wait`.
class ReadSessionWait : public ReadSessionTest {
 protected:
  absl::Duration Elapsed() const { return clock_->Now() - begun_; }
  ReadSessionState state() const { return session_->Stats().state; }

  const absl::Time begun_ = clock_->Now();
};

TEST_F(ReadSessionWait, RunsFromTheOpenWhenNothingComes) {
  OpenWaiting(20);
  clock_->Advance(absl::Seconds(1));
  call().Deliver(Heartbeat(0));
  clock_->Advance(absl::Seconds(12));
  call().Deliver(Heartbeat(0));
  clock_->Advance(absl::Milliseconds(6999));
  EXPECT_EQ(ShowNext(), "none");
  clock_->Advance(absl::Milliseconds(1));
  EXPECT_EQ(ShowNext(), "end") << "a heartbeat is no reason to wait longer";
  EXPECT_TRUE(call().cancelled());
  EXPECT_FALSE(call().abandoned()) << "nothing is wrong with the connection";
  EXPECT_EQ(clock_->timers(), 0u);
  EXPECT_TRUE(session_->Stats().last_error.ok());
}

TEST_F(ReadSessionWait, RunsAnewFromEachRecord) {
  OpenWaiting(2);
  for (uint64_t i = 0; i < 5; ++i) {
    clock_->Advance(absl::Milliseconds(1900));
    call().Deliver(Batch({i}, i + 1));
    EXPECT_EQ(ShowNext(), absl::StrCat(i));
  }
  clock_->Advance(absl::Milliseconds(1999));
  EXPECT_EQ(ShowNext(), "none");
  clock_->Advance(absl::Milliseconds(1));
  EXPECT_EQ(ShowNext(), "end");
}

TEST_F(ReadSessionWait, EndsInTimeThoughEachStreamBreaksBehindItsFirstHeartbeat) {
  options_.retry.budget = RetryBudget::Forever();
  OpenWaiting(2);
  while (state() != ReadSessionState::kEnded) {
    ASSERT_LE(Elapsed(), absl::Seconds(2));
    if (state() == ReadSessionState::kStreaming) {
      call().Deliver(Heartbeat(0));
      call().Finish(Broken());
    } else {
      clock_->AdvanceToNextTimer();
      if (state() == ReadSessionState::kOpening) call().Accept();
    }
  }
  EXPECT_EQ(Elapsed(), absl::Seconds(2));
  EXPECT_EQ(ShowNext(), "end");
  EXPECT_LT(transport_->reads(), 10u) << "pauses grow";
}

TEST_F(ReadSessionWait, AsksForWhatIsLeftRoundedUpAndEndsInTimeAllTheSame) {
  OpenWaiting(20);
  call().Deliver(Heartbeat(0));
  clock_->Advance(absl::Milliseconds(17'500));
  Reconnect();
  EXPECT_EQ(Elapsed(), absl::Milliseconds(17'600));
  EXPECT_EQ(testing::ShortText(call().request()), "seq_num: 0 wait: 3");
  call().Deliver(Heartbeat(0));
  clock_->Advance(absl::Milliseconds(2399));
  EXPECT_EQ(ShowNext(), "none");
  clock_->Advance(absl::Milliseconds(1));
  EXPECT_EQ(ShowNext(), "end");
}

TEST_F(ReadSessionWait, EndsInTimeWhenItIsDisconnected) {
  request_.set_count(100);
  OpenWaiting(3);
  call().Deliver(Batch({0}, 1));
  EXPECT_EQ(ShowNext(), "0");
  clock_->Advance(absl::Milliseconds(2950));
  call().Finish(Broken());
  EXPECT_EQ(clock_->next_timer() - begun_, absl::Seconds(3)) << "before the pause is over";
  clock_->AdvanceToNextTimer();
  EXPECT_EQ(ShowNext(), "end");
  EXPECT_EQ(transport_->reads(), 1u);
}

TEST_F(ReadSessionWait, EndsInTimeWhenNoServerAnswers) {
  OpenWaiting(3);
  call().Deliver(Heartbeat(0));
  call().Finish(Broken());
  clock_->AdvanceToNextTimer();
  EXPECT_EQ(state(), ReadSessionState::kOpening);
  clock_->Advance(absl::Milliseconds(2899));
  EXPECT_EQ(ShowNext(), "none");
  clock_->Advance(absl::Milliseconds(1));
  EXPECT_EQ(ShowNext(), "end");
  EXPECT_TRUE(call().cancelled());
}

TEST_F(ReadSessionWait, AStreamThatBreaksWhenItsTimeIsOverWasTheLast) {
  OpenWaiting(3);
  call().Deliver(Heartbeat(0));
  clock_->Advance(absl::Milliseconds(2850));
  Reconnect();
  clock_->Advance(absl::Milliseconds(500));
  EXPECT_EQ(ShowNext(), "none") << "a round trip";
  call().Finish(Broken());
  EXPECT_EQ(ShowNext(), "end");
  EXPECT_EQ(session_->Stats().last_error, Broken()) << "of the first stream";
  EXPECT_EQ(transport_->reads(), 2u);
}

TEST_F(ReadSessionWait, GivesAStreamOpenedLateARoundTripToSayWhatCameMeanwhile) {
  OpenWaiting(3);
  call().Deliver(Heartbeat(0));
  clock_->Advance(absl::Milliseconds(2850));
  Reconnect();
  EXPECT_EQ(testing::ShortText(call().request()), "seq_num: 0 wait: 1");
  clock_->Advance(absl::Milliseconds(999));
  EXPECT_EQ(ShowNext(), "none");
  call().Deliver(Batch({0}, 1));
  EXPECT_EQ(ShowNext(), "0");
  clock_->Advance(absl::Milliseconds(2999));
  EXPECT_EQ(ShowNext(), "none");
  clock_->Advance(absl::Milliseconds(1));
  EXPECT_EQ(ShowNext(), "end");
}

TEST_F(ReadSessionWait, ASilentStreamOpenedLateGetsNoMoreThanThat) {
  OpenWaiting(3);
  call().Deliver(Heartbeat(0));
  clock_->Advance(absl::Milliseconds(2850));
  Reconnect();
  clock_->Advance(absl::Seconds(1));
  EXPECT_EQ(ShowNext(), "end");
  EXPECT_EQ(Elapsed(), absl::Milliseconds(3950));
}

TEST_F(ReadSessionWait, DoesNotRunOutBeforeTheTailIsReached) {
  options_.retry.budget = RetryBudget::Forever();
  OpenWaiting(2);
  call().Deliver(Batch({0, 1}));
  call().Finish(Broken());
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(clock_->AdvanceToNextTimer());
    if (state() == ReadSessionState::kOpening) call().Finish(Broken());
  }
  EXPECT_GT(Elapsed(), absl::Seconds(5));
  ASSERT_TRUE(clock_->AdvanceToNextTimer());
  call().Accept();
  EXPECT_EQ(testing::ShortText(call().request()), "seq_num: 2 wait: 1");
  call().Deliver(Batch({2}));
  EXPECT_EQ(ShowNext(), "0 1");
  EXPECT_EQ(ShowNext(), "2") << "more was there";
  clock_->Advance(absl::Seconds(5));
  EXPECT_EQ(ShowNext(), "none") << "there may be more";
  call().Deliver(Heartbeat(3));
  EXPECT_EQ(ShowNext(), "end") << "its time was over when it came to the tail";
}

TEST_F(ReadSessionWait, AConsumerThatHoldsItUpUsesUpNothing) {
  options_.max_buffered_bytes = 1;
  OpenWaiting(2);
  call().Deliver(Batch({0}, 1));
  EXPECT_FALSE(call().reading());
  clock_->Advance(absl::Hours(1));
  EXPECT_EQ(ShowNext(), "0");
  EXPECT_EQ(ShowNext(), "none") << "more may have come meanwhile";
  clock_->Advance(absl::Milliseconds(999));
  call().Deliver(Batch({1}, 2));
  EXPECT_EQ(ShowNext(), "1");
  clock_->Advance(absl::Milliseconds(1999));
  EXPECT_EQ(ShowNext(), "none");
  clock_->Advance(absl::Milliseconds(1));
  EXPECT_EQ(ShowNext(), "end");
}

TEST_F(ReadSessionWait, OfZeroEndsAsSoonAsTheTailIsTold) {
  OpenWaiting(0);
  EXPECT_EQ(testing::ShortText(call().request()), "seq_num: 0 wait: 1") << "a server tells it then";
  call().Deliver(Batch({0, 1}));
  EXPECT_EQ(ShowNext(), "0 1");
  EXPECT_EQ(ShowNext(), "none");
  call().Deliver(Heartbeat(2));
  EXPECT_EQ(ShowNext(), "end");
  EXPECT_TRUE(call().cancelled());
  EXPECT_TRUE(session_->caught_up());
  EXPECT_EQ(session_->last_tail()->seq_num(), 2u);
}

TEST_F(ReadSessionWait, AnErrorThatDoesNotPassIsSaidThoughItsTimeIsOver) {
  OpenWaiting(3);
  call().Deliver(Heartbeat(0));
  clock_->Advance(absl::Milliseconds(2850));
  Reconnect();
  clock_->Advance(absl::Milliseconds(200));
  call().Finish(MakeError(ErrorCode::kPermissionDenied, "no"));
  EXPECT_EQ(NextError(), ErrorCode::kPermissionDenied);
}

}  // namespace
}  // namespace s2::internal
