// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gtest/gtest.h>

#include "s2/tests/session/read_session_fixture.h"

namespace s2::internal {
namespace {

class ReadSessionBackpressure : public ReadSessionTest {};

TEST_F(ReadSessionBackpressure, StopsAtTheLimitAndGoesOnWhenHalfIsTaken) {
  options_.max_buffered_bytes = 4 * kRecordBytes;
  OpenAccepted();
  uint64_t sent = 0;
  while (call().reading()) call().Deliver(Batch({sent++}));
  EXPECT_EQ(sent, 4u);
  EXPECT_EQ(session_->Stats().buffered_bytes, 4 * kRecordBytes);
  EXPECT_EQ(ShowNext(), "0");
  EXPECT_FALSE(call().reading());
  EXPECT_EQ(ShowNext(), "1");
  EXPECT_TRUE(call().reading());
  call().Deliver(Batch({4}));
  EXPECT_TRUE(call().reading());
  call().Deliver(Batch({5}));
  EXPECT_FALSE(call().reading());
}

TEST_F(ReadSessionBackpressure, HoldsTheLimitAndOneBatchAtTheMost) {
  options_.max_buffered_bytes = 3 * kRecordBytes;
  OpenAccepted();
  call().Deliver(Batch({0, 1}));
  EXPECT_TRUE(call().reading());
  call().Deliver(Batch({2, 3}));
  EXPECT_FALSE(call().reading());
  EXPECT_EQ(session_->Stats().buffered_bytes, 4 * kRecordBytes);
  EXPECT_EQ(ShowNext(), "0 1");
  EXPECT_EQ(ShowNext(), "2 3");
  EXPECT_TRUE(call().reading());
}

TEST_F(ReadSessionBackpressure, AReaderThatNeverTakesIsNotFedByHeartbeatsOrCommands) {
  options_.max_buffered_bytes = 1;
  options_.skip_commands = true;
  OpenAccepted();
  for (uint64_t i = 0; i < 100; ++i) {
    call().Deliver(CommandBatch({i}, i + 1));
    call().Deliver(Heartbeat(i + 1));
  }
  EXPECT_TRUE(call().reading()) << "they take no room";
  EXPECT_EQ(session_->Stats().buffered_bytes, 0u);
  call().Deliver(Batch({100}));
  EXPECT_FALSE(call().reading());
}

TEST_F(ReadSessionBackpressure, ABatchCutAtItsGapsIsOneBatchForTheLimit) {
  options_.max_buffered_bytes = 2 * kRecordBytes;
  OpenAccepted();
  call().Deliver(Batch({0, 2, 4}));
  EXPECT_FALSE(call().reading());
  EXPECT_EQ(ShowNext(), "0");
  EXPECT_FALSE(call().reading());
  EXPECT_EQ(ShowNext(), "[1,2) 2");
  EXPECT_TRUE(call().reading());
}

TEST_F(ReadSessionBackpressure, ANewAttemptReadsSoThatItsRefusalIsHeard) {
  options_.max_buffered_bytes = 1;
  OpenAccepted();
  call().Deliver(Batch({0}));
  EXPECT_FALSE(call().reading());
  call().Finish(Broken());
  clock_->AdvanceToNextTimer();
  EXPECT_TRUE(call().reading());
  call().Finish(MakeError(ErrorCode::kStreamNotFound, "gone"));
  EXPECT_EQ(ShowNext(), "0");
  EXPECT_EQ(NextError(), ErrorCode::kStreamNotFound);
}

TEST_F(ReadSessionBackpressure, NothingIsAskedOfAStreamThatIsOver) {
  options_.max_buffered_bytes = 1;
  OpenWaiting();
  call().Deliver(Batch({0}, 1));
  call().Finish(absl::OkStatus());
  EXPECT_EQ(ShowNext(), "0");
  EXPECT_EQ(ShowNext(), "end");
}

}  // namespace
}  // namespace s2::internal
