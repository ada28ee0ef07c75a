// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gtest/gtest.h>

#include "s2/testing/internal/short_text.h"
#include "s2/tests/session/read_session_fixture.h"

namespace s2::internal {
namespace {

class ReadSessionSkipped : public ReadSessionTest {};

TEST_F(ReadSessionSkipped, IsSaidJustBeforeTheBatchThatFollowsTheGap) {
  OpenAccepted();
  call().Deliver(Batch({0, 1}));
  call().Deliver(Batch({5, 6}));
  call().Deliver(Batch({7}));
  EXPECT_EQ(ShowNext(), "0 1");
  EXPECT_EQ(ShowNext(), "[2,5) 5 6");
  EXPECT_EQ(ShowNext(), "7");
}

TEST_F(ReadSessionSkipped, IncludesWhatWasTrimmedAtAnExactStart) {
  request_.set_seq_num(3);
  OpenAccepted();
  call().Deliver(Batch({8}));
  EXPECT_EQ(ShowNext(), "[3,8) 8");
}

TEST_F(ReadSessionSkipped, CutsABatchWithGapsInsideSoThatEachIsSaidInItsPlace) {
  OpenAccepted();
  call().Deliver(Batch({1, 2, 5, 7, 8}, 9));
  EXPECT_EQ(ShowNext(), "[0,1) 1 2");
  EXPECT_EQ(session_->next_seq_num(), 3u);
  EXPECT_EQ(session_->last_tail(), std::nullopt);
  const auto middle = Next();
  EXPECT_EQ(Show(middle), "[3,5) 5");
  EXPECT_FALSE(middle->batch.has_tail());
  EXPECT_FALSE(session_->caught_up());
  const auto last = Next();
  EXPECT_EQ(Show(last), "[6,7) 7 8");
  EXPECT_TRUE(last->batch.has_tail());
  EXPECT_TRUE(session_->caught_up());
}

TEST_F(ReadSessionSkipped, IncludesWhatWasTrimmedWhileDisconnected) {
  OpenAccepted();
  call().Deliver(Batch({0, 1}));
  Reconnect();
  EXPECT_EQ(call().request().seq_num(), 2u);
  call().Deliver(Batch({4}));
  EXPECT_EQ(ShowNext(), "0 1");
  EXPECT_EQ(ShowNext(), "[2,4) 4");
}

TEST_F(ReadSessionSkipped, IsSaidAloneWhenTheTailComesNext) {
  request_.set_seq_num(3);
  OpenAccepted();
  call().Deliver(Heartbeat(10));
  EXPECT_FALSE(session_->caught_up());
  EXPECT_EQ(session_->next_seq_num(), 3u);
  const auto gap = Next();
  EXPECT_EQ(Show(gap), "[3,10)");
  EXPECT_FALSE(gap->end);
  EXPECT_EQ(gap->batch.tail().seq_num(), 10u);
  EXPECT_TRUE(session_->caught_up());
  EXPECT_EQ(session_->next_seq_num(), 10u);
  EXPECT_EQ(session_->Stats().records, 0u);
  EXPECT_EQ(ShowNext(), "none") << "once";
  call().Deliver(Heartbeat(10));
  Reconnect();
  EXPECT_EQ(call().request().seq_num(), 10u);
  call().Deliver(Batch({10}, 11));
  EXPECT_EQ(ShowNext(), "10");
}

TEST_F(ReadSessionSkipped, IsSaidBeforeTheEndOfAWait) {
  request_.set_seq_num(3);
  OpenWaiting(2);
  call().Deliver(Batch({3}, 4));
  Reconnect();
  call().Deliver(Heartbeat(10));
  clock_->Advance(absl::Seconds(2));
  EXPECT_EQ(ShowNext(), "3");
  EXPECT_EQ(ShowNext(), "[4,10)");
  EXPECT_EQ(ShowNext(), "end");
}

// A server does not tell the tail when it ends a read that may not follow: the session asks.
TEST_F(ReadSessionSkipped, IsLookedForBehindAnEndAtTheTail) {
  const struct {
    v1::ReadBatch behind;
    const char* gap;
  } kCases[] = {
      {Heartbeat(5), nullptr}, {Heartbeat(10), "[5,10)"}, {Batch({5}), nullptr},
      {Batch({7}), "[5,7)"},   {Batch({7}, 8), "[5,7)"},
  };
  for (const auto& c : kCases) {
    request_.set_seq_num(3);
    request_.set_count(100);
    OpenAccepted();
    const size_t calls = transport_->reads();
    call().Deliver(Batch({3, 4}));
    call().Finish(absl::OkStatus());
    ASSERT_EQ(transport_->reads(), calls + 1);
    EXPECT_EQ(testing::ShortText(call().request()), "seq_num: 5 count: 1 wait: 1");
    EXPECT_EQ(ShowNext(), "3 4");
    EXPECT_EQ(ShowNext(), "none");
    call().Accept();
    call().Deliver(c.behind);
    EXPECT_TRUE(call().cancelled());
    if (c.gap != nullptr) {
      EXPECT_EQ(ShowNext(), c.gap);
    }
    EXPECT_EQ(ShowNext(), "end");
    EXPECT_EQ(session_->Stats().records, 2u) << "what comes behind the end is not delivered";
    EXPECT_TRUE(session_->Stats().last_error.ok());
    session_.reset();
  }
}

TEST_F(ReadSessionSkipped, IsLookedForWhenNoRecordCameAtAll) {
  request_.set_seq_num(3);
  request_.set_until(5000);
  OpenAccepted();
  call().Finish(absl::OkStatus());
  call().Accept();
  call().Deliver(Heartbeat(10));
  EXPECT_EQ(ShowNext(), "[3,10)");
  EXPECT_TRUE(session_->caught_up());
  EXPECT_EQ(ShowNext(), "end");
}

TEST_F(ReadSessionSkipped, IsNotLookedForWhereNothingCanBeMissing) {
  const auto ends_at_once = [this](uint64_t count, const v1::ReadBatch& batch) {
    request_.set_count(count);
    OpenAccepted();
    const size_t calls = transport_->reads();
    call().Deliver(batch);
    call().Finish(absl::OkStatus());
    EXPECT_EQ(transport_->reads(), calls);
    ShowNext();
    EXPECT_EQ(ShowNext(), "end");
    session_.reset();
  };
  ends_at_once(2, Batch({0, 1}));     // the limit is met
  ends_at_once(9, Batch({0, 1}, 2));  // the tail was told
  request_.clear_start();
  request_.set_timestamp(1);
  request_.set_count(1);
  OpenAccepted();
  const size_t calls = transport_->reads();
  call().Finish(absl::OkStatus());  // the promise has not begun
  EXPECT_EQ(transport_->reads(), calls);
  EXPECT_EQ(ShowNext(), "end");
}

TEST_F(ReadSessionSkipped, ALookThatFailsIsTriedAgainWithinTheBudget) {
  request_.set_count(100);
  OpenAccepted();
  call().Deliver(Batch({0}));
  call().Finish(absl::OkStatus());
  call().Finish(Broken());
  clock_->AdvanceToNextTimer();
  EXPECT_EQ(testing::ShortText(call().request()), "seq_num: 1 count: 1 wait: 1");
  call().Finish(Broken());
  clock_->AdvanceToNextTimer();
  call().Finish(Broken());
  EXPECT_EQ(ShowNext(), "0");
  EXPECT_EQ(NextError(), ErrorCode::kServerDisconnected) << "nobody knows whether all is there";
}

TEST_F(ReadSessionSkipped, ALookThatIsNotAnsweredIsNotRepeated) {
  request_.set_count(100);
  OpenAccepted();
  call().Deliver(Batch({0}));
  call().Finish(absl::OkStatus());
  const size_t calls = transport_->reads();
  call().Accept();
  call().Finish(absl::OkStatus());  // a server that does not tell the tail
  EXPECT_EQ(transport_->reads(), calls);
  EXPECT_EQ(ShowNext(), "0");
  EXPECT_EQ(ShowNext(), "end");
}

TEST_F(ReadSessionSkipped, IsSaidForItselfBeforeCommandsThatAreLeftOut) {
  options_.skip_commands = true;
  OpenAccepted();
  call().Deliver(CommandBatch({3}));
  call().Deliver(CommandBatch({4}));
  call().Deliver(Batch({5}));
  EXPECT_EQ(ShowNext(), "[0,3)");
  EXPECT_EQ(session_->next_seq_num(), 5u);
  EXPECT_EQ(ShowNext(), "5");
  v1::ReadBatch batch = Batch({6}, 12);
  *batch.add_records() = Command(8);
  *batch.add_records() = Record(11);
  call().Deliver(batch);
  EXPECT_EQ(ShowNext(), "6");
  EXPECT_EQ(ShowNext(), "[7,8)");
  EXPECT_EQ(session_->next_seq_num(), 9u);
  EXPECT_EQ(ShowNext(), "[9,11) 11");
  EXPECT_TRUE(session_->caught_up());
  EXPECT_EQ(session_->Stats().records, 6u);
}

TEST_F(ReadSessionSkipped, ThatFollowsUponItselfIsOne) {
  options_.skip_commands = true;
  OpenAccepted();
  call().Deliver(Heartbeat(2));
  call().Deliver(CommandBatch({5}));
  call().Deliver(CommandBatch({6, 9}, 10));
  call().Deliver(Heartbeat(12));
  EXPECT_EQ(session_->Stats().buffered_bytes, 0u);
  EXPECT_EQ(ShowNext(), "[0,12)") << "the commands left out within are in its range";
  EXPECT_EQ(session_->next_seq_num(), 12u);
  EXPECT_TRUE(session_->caught_up());
  EXPECT_EQ(session_->Stats().records, 3u);
  EXPECT_EQ(ShowNext(), "none");
}

TEST_F(ReadSessionSkipped, CommandsLeftOutAreNotSkippedPositions) {
  options_.skip_commands = true;
  options_.fail_on_skipped = true;
  OpenAccepted();
  call().Deliver(Batch({0}));
  call().Deliver(CommandBatch({1, 2}));
  call().Deliver(Batch({3}));
  EXPECT_EQ(ShowNext(), "0");
  EXPECT_EQ(ShowNext(), "3");
}

TEST_F(ReadSessionSkipped, IsAnErrorIfTheReaderWantsOne) {
  options_.fail_on_skipped = true;
  OpenAccepted();
  call().Deliver(Batch({0, 1}));
  call().Deliver(Batch({5, 6}));
  EXPECT_TRUE(call().cancelled());
  EXPECT_EQ(ShowNext(), "0 1");
  const absl::Status error = Next().status();
  EXPECT_EQ(GetErrorCode(error), ErrorCode::kRecordsSkipped);
  EXPECT_EQ(error.message(),
            "read session on s2://basin/stream (1 attempt in 0): records 2 to 4 have been trimmed");
  EXPECT_EQ(session_->next_seq_num(), 2u);
}

TEST_F(ReadSessionSkipped, AsAnErrorComesAfterTheRecordsBeforeAGapInsideABatch) {
  options_.fail_on_skipped = true;
  OpenAccepted();
  call().Deliver(Batch({0, 1, 3, 5}, 6));
  const auto before = Next();
  EXPECT_EQ(Show(before), "0 1");
  EXPECT_FALSE(before->batch.has_tail());
  EXPECT_EQ(NextError(), ErrorCode::kRecordsSkipped);
  EXPECT_FALSE(session_->caught_up());
  EXPECT_EQ(session_->next_seq_num(), 2u);
}

TEST_F(ReadSessionSkipped, AsAnErrorNeedsNoRecordBehindTheGap) {
  options_.fail_on_skipped = true;
  request_.set_seq_num(3);
  OpenWaiting(2);
  call().Deliver(Heartbeat(10));
  EXPECT_TRUE(call().cancelled());
  const absl::Status error = Next().status();
  EXPECT_EQ(GetErrorCode(error), ErrorCode::kRecordsSkipped);
  EXPECT_EQ(error.message(),
            "read session on s2://basin/stream (1 attempt in 0): records 3 to 9 have been trimmed");
  EXPECT_EQ(session_->next_seq_num(), 3u);
  EXPECT_FALSE(session_->caught_up());
  session_.reset();

  request_.clear_wait();
  request_.set_count(100);
  OpenAccepted();
  call().Finish(absl::OkStatus());
  call().Accept();
  call().Deliver(Batch({8}));
  EXPECT_EQ(NextError(), ErrorCode::kRecordsSkipped);
  EXPECT_EQ(session_->next_seq_num(), 3u);
}

TEST_F(ReadSessionSkipped, AsAnErrorDoesNotConcernARelativeStart) {
  options_.fail_on_skipped = true;
  request_.set_timestamp(0);
  OpenAccepted();
  call().Deliver(Batch({5}));
  EXPECT_EQ(ShowNext(), "5");
}

}  // namespace
}  // namespace s2::internal
