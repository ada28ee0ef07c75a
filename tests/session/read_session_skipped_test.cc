// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gtest/gtest.h>

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

TEST_F(ReadSessionSkipped, IsNotHiddenByAHeartbeatBeyondTheGap) {
  OpenAccepted();
  call().Deliver(Heartbeat(4));
  Reconnect();
  EXPECT_EQ(call().request().seq_num(), 0u);
  call().Deliver(Batch({4}));
  EXPECT_EQ(ShowNext(), "[0,4) 4");
}

TEST_F(ReadSessionSkipped, SurvivesCommandsThatAreLeftOut) {
  options_.skip_commands = true;
  OpenAccepted();
  call().Deliver(CommandBatch({3}));
  call().Deliver(CommandBatch({4}));
  call().Deliver(Batch({5}));
  EXPECT_EQ(ShowNext(), "[0,3) 5");
  v1::ReadBatch batch = Batch({6}, 12);
  *batch.add_records() = Command(8);
  *batch.add_records() = Record(11);
  call().Deliver(batch);
  EXPECT_EQ(ShowNext(), "6");
  EXPECT_EQ(session_->next_seq_num(), 9u);
  EXPECT_EQ(ShowNext(), "[7,11) 11") << "the command between two gaps is in their range";
  EXPECT_TRUE(session_->caught_up());
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

TEST_F(ReadSessionSkipped, AsAnErrorDoesNotConcernARelativeStart) {
  options_.fail_on_skipped = true;
  request_.set_timestamp(0);
  OpenAccepted();
  call().Deliver(Batch({5}));
  EXPECT_EQ(ShowNext(), "5");
}

}  // namespace
}  // namespace s2::internal
