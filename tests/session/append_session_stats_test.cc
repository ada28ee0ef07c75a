// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>

#include "s2/tests/session/append_session_fixture.h"

namespace s2::internal {
namespace {

using ::testing::ElementsAre;
using AppendSessionStatsTest = AppendSessionTest;

TEST_F(AppendSessionStatsTest, CountsWhatIsUnackedAndAcked) {
  MakeStreaming();
  ASSERT_TRUE(session().Submit(MakeBatch("ab", 3)).ok());
  Submit("c");
  AppendSessionStats stats = session().Stats();
  EXPECT_EQ(stats.unacked_bytes, 39);
  EXPECT_EQ(stats.unacked_batches, 2);
  EXPECT_EQ(stats.acked_batches, 0);
  call().ReceiveAll();
  call().Ack(0, 3);
  stats = session().Stats();
  EXPECT_EQ(stats.unacked_bytes, 9);
  EXPECT_EQ(stats.unacked_batches, 1);
  EXPECT_EQ(stats.acked_bytes, 30);
  EXPECT_EQ(stats.acked_batches, 1);
  EXPECT_EQ(stats.acked_records, 3);
}

TEST_F(AppendSessionStatsTest, MeasuresLatencyFromSubmitToAckOverAllAttempts) {
  MakeStreaming();
  Submit("a");
  call().Receive();
  clock_->Advance(absl::Milliseconds(30));
  call().Ack(0, 1);
  Submit("b");
  call().Receive();
  Reconnect();
  call().Receive();
  clock_->Advance(absl::Milliseconds(20));
  call().Ack(1, 2);
  Submit("c");
  call().Receive();
  clock_->Advance(absl::Milliseconds(10));
  call().Ack(2, 3);
  const AppendSessionStats stats = session().Stats();
  EXPECT_EQ(stats.last_ack_latency, absl::Milliseconds(10));
  EXPECT_EQ(stats.max_ack_latency, absl::Milliseconds(120));
  EXPECT_EQ(stats.total_ack_latency, absl::Milliseconds(160));
}

TEST_F(AppendSessionStatsTest, CountsAttemptsAndKeepsTheLastError) {
  MakeStreaming();
  EXPECT_EQ(session().Stats().attempts, 1);
  EXPECT_TRUE(session().Stats().last_error.ok());
  Submit("a");
  call().Receive();
  Reconnect();
  EXPECT_EQ(session().Stats().attempts, 2);
  EXPECT_EQ(GetErrorCode(session().Stats().last_error), ErrorCode::kServerDisconnected);
  call().Receive();
}

TEST_F(AppendSessionStatsTest, TellTheStateAndInAPauseWhenTheNextAttemptIs) {
  Make();
  EXPECT_EQ(session().Stats().state, AppendSessionState::kOpening);
  call().Accept();
  EXPECT_EQ(session().Stats().state, AppendSessionState::kStreaming);
  Submit("a");
  call().Receive();
  call().Finish(Broken());
  EXPECT_EQ(session().Stats().state, AppendSessionState::kBackoff);
  EXPECT_EQ(session().Stats().next_attempt_in, absl::Milliseconds(100));
  clock_->Advance(absl::Milliseconds(30));
  EXPECT_EQ(session().Stats().next_attempt_in, absl::Milliseconds(70));
  clock_->Advance(absl::Milliseconds(70));
  EXPECT_EQ(session().Stats().state, AppendSessionState::kOpening);
  EXPECT_EQ(session().Stats().next_attempt_in, absl::ZeroDuration());
  call().Accept();
  call().Receive();
  call().Ack(0, 1);
  call().Finish(absl::OkStatus());
  EXPECT_EQ(session().Stats().state, AppendSessionState::kIdle);
  session().Cancel();
  EXPECT_EQ(session().Stats().state, AppendSessionState::kEnded);
}

TEST_F(AppendSessionStatsTest, LogsEachTransitionAndItsReason) {
  std::vector<std::string> lines;
  log_ = [&](absl::string_view line) { lines.emplace_back(line); };
  MakeStreaming();
  Submit("a");
  call().Receive();
  Reconnect();
  call().Receive();
  call().Ack(0, 1);
  call().Finish(absl::OkStatus());
  EXPECT_TRUE(session().Close().ok());
  EXPECT_TRUE(lines.empty()) << "on the executor only";
  RunCallbacks();
  const std::string name = "append session on s2://basin/stream: ";
  EXPECT_THAT(lines, ElementsAre(name + "Idle -> Opening: start",  //
                                 name + "Opening -> Streaming: accepted",
                                 name + "Streaming -> Backoff: retries in 100ms: cut",
                                 name + "Backoff -> Opening: the pause is over",
                                 name + "Opening -> Streaming: accepted",
                                 name + "Streaming -> Idle: the server ended it",
                                 name + "Idle -> Ended: all is acked"));
}

}  // namespace
}  // namespace s2::internal
