// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gtest/gtest.h>

#include "s2/tests/session/read_session_fixture.h"

namespace s2::internal {
namespace {

class ReadSessionStatsTest : public ReadSessionTest {};

TEST_F(ReadSessionStatsTest, CountWhatTheConsumerHasAndWhatIsHeldForIt) {
  OpenAccepted();
  call().Deliver(Batch({0, 1}));
  call().Deliver(Batch({2}));
  ReadSessionStats stats = session_->Stats();
  EXPECT_EQ(stats.records, 0u);
  EXPECT_EQ(stats.bytes, 0u);
  EXPECT_EQ(stats.buffered_bytes, 3 * kRecordBytes);
  ShowNext();
  stats = session_->Stats();
  EXPECT_EQ(stats.records, 2u);
  EXPECT_EQ(stats.bytes, 2 * kRecordBytes);
  EXPECT_EQ(stats.buffered_bytes, kRecordBytes);
}

TEST_F(ReadSessionStatsTest, CountCommandsLeftOutWithTheBatchBeforeThem) {
  options_.skip_commands = true;
  OpenAccepted();
  v1::ReadBatch batch = Batch({0});
  *batch.add_records() = Command(1);
  call().Deliver(batch);
  call().Deliver(CommandBatch({2}));
  const uint64_t command_bytes = MeteredBytes(Command(2));
  EXPECT_EQ(session_->Stats().records, 0u);
  EXPECT_EQ(session_->Stats().buffered_bytes, kRecordBytes);
  ShowNext();
  EXPECT_EQ(session_->Stats().records, 3u);
  EXPECT_EQ(session_->Stats().bytes, kRecordBytes + 2 * command_bytes);
  EXPECT_EQ(session_->Stats().buffered_bytes, 0u);
}

TEST_F(ReadSessionStatsTest, CountAttemptsAndKeepTheLastError) {
  Open();
  EXPECT_EQ(session_->Stats().attempts, 1u);
  EXPECT_TRUE(session_->Stats().last_error.ok());
  call().Accept();
  call().Deliver(Heartbeat(0));
  Reconnect();
  EXPECT_EQ(session_->Stats().attempts, 2u);
  EXPECT_EQ(session_->Stats().last_error, Broken());
  call().Deliver(Heartbeat(0));
  EXPECT_EQ(session_->Stats().last_error, Broken());
}

TEST_F(ReadSessionStatsTest, TellTheStateAndInAPauseWhenTheNextAttemptIs) {
  Open();
  EXPECT_EQ(session_->Stats().state, ReadSessionState::kOpening);
  call().Accept();
  EXPECT_EQ(session_->Stats().state, ReadSessionState::kStreaming);
  call().Finish(Broken());
  EXPECT_EQ(session_->Stats().state, ReadSessionState::kBackoff);
  EXPECT_EQ(session_->Stats().next_attempt_in, absl::Milliseconds(100));
  clock_->Advance(absl::Milliseconds(30));
  EXPECT_EQ(session_->Stats().next_attempt_in, absl::Milliseconds(70));
  clock_->Advance(absl::Milliseconds(70));
  EXPECT_EQ(session_->Stats().state, ReadSessionState::kOpening);
  EXPECT_EQ(session_->Stats().next_attempt_in, absl::ZeroDuration());
  session_->Cancel();
  EXPECT_EQ(session_->Stats().state, ReadSessionState::kEnded);
}

TEST_F(ReadSessionStatsTest, ACleanEndIsNoError) {
  request_.set_count(1);
  OpenAccepted();
  call().Deliver(Batch({0}));
  call().Finish(Broken());  // all that was asked for has come
  ShowNext();
  EXPECT_EQ(ShowNext(), "end");
  EXPECT_TRUE(session_->Stats().last_error.ok()) << session_->Stats().last_error;
}

}  // namespace
}  // namespace s2::internal
