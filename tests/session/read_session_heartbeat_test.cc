// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gtest/gtest.h>

#include "s2/tests/session/read_session_fixture.h"

namespace s2::internal {
namespace {

class ReadSessionHeartbeat : public ReadSessionTest {};

TEST_F(ReadSessionHeartbeat, SilenceFor20SecondsIsATimeoutAndIsRetried) {
  OpenAccepted();
  call().Deliver(Batch({0}));
  clock_->Advance(absl::Milliseconds(19999));
  EXPECT_FALSE(call().cancelled());
  clock_->Advance(absl::Milliseconds(1));
  EXPECT_TRUE(call().cancelled());
  EXPECT_EQ(session_->Stats().last_error.message(),
            "neither a batch nor a heartbeat came; heartbeat_timeout is 20s");
  clock_->Advance(absl::Milliseconds(100));
  ASSERT_EQ(transport_->reads(), 2u);
  EXPECT_EQ(call().request().seq_num(), 1u);
}

TEST_F(ReadSessionHeartbeat, OnlySilenceIsHeldAgainstTheConnection) {
  Open();
  clock_->Advance(absl::Seconds(5));
  EXPECT_TRUE(call().abandoned()) << "no answer to the open";
  clock_->Advance(absl::Milliseconds(100));
  call().Accept();
  clock_->Advance(absl::Seconds(20));
  EXPECT_TRUE(call().abandoned()) << "no frame";
  clock_->Advance(absl::Milliseconds(200));
  call().Accept();
  session_->Cancel();
  EXPECT_TRUE(call().cancelled());
  EXPECT_FALSE(call().abandoned());
}

TEST_F(ReadSessionHeartbeat, SilenceFromTheOpenOnIsATimeoutToo) {
  OpenAccepted();
  clock_->Advance(absl::Seconds(20));
  EXPECT_TRUE(call().cancelled());
  EXPECT_EQ(GetErrorCode(session_->Stats().last_error), ErrorCode::kHeartbeatTimeout);
}

TEST_F(ReadSessionHeartbeat, TheWatchBeginsWhenTheServerHasAccepted) {
  Open();
  clock_->Advance(absl::Seconds(4));
  call().Accept();
  clock_->Advance(absl::Milliseconds(19999));
  EXPECT_FALSE(call().cancelled());
  clock_->Advance(absl::Milliseconds(1));
  EXPECT_TRUE(call().cancelled());
}

TEST_F(ReadSessionHeartbeat, AnyFrameIsASignOfLife) {
  OpenAccepted();
  for (int i = 0; i < 10; ++i) {
    clock_->Advance(absl::Milliseconds(19999));
    call().Deliver(i % 2 == 0 ? Heartbeat(0) : v1::ReadBatch());
    EXPECT_LE(clock_->timers(), 1u);
  }
  EXPECT_FALSE(call().cancelled());
  clock_->Advance(absl::Seconds(20));
  EXPECT_TRUE(call().cancelled());
}

TEST_F(ReadSessionHeartbeat, FramesDoNotTouchTheTimer) {
  OpenAccepted();
  const absl::Time armed = clock_->next_timer();
  for (uint64_t i = 0; i < 10; ++i) {
    clock_->Advance(absl::Milliseconds(1));
    call().Deliver(Batch({i}));
    EXPECT_EQ(clock_->next_timer(), armed);
  }
}

TEST_F(ReadSessionHeartbeat, NothingIsExpectedWhileNothingIsAskedFor) {
  options_.max_buffered_bytes = 1;
  OpenAccepted();
  call().Deliver(Batch({0}));
  EXPECT_FALSE(call().reading());
  clock_->Advance(absl::Hours(1));
  EXPECT_FALSE(call().cancelled());
  EXPECT_EQ(ShowNext(), "0");
  EXPECT_TRUE(call().reading());
  clock_->Advance(absl::Milliseconds(19999));
  EXPECT_FALSE(call().cancelled());
  clock_->Advance(absl::Milliseconds(1));
  EXPECT_TRUE(call().cancelled());
}

TEST_F(ReadSessionHeartbeat, TheTimeoutsCanBeSet) {
  options_.open_timeout = absl::Seconds(60);
  options_.heartbeat_timeout = absl::Seconds(2);
  Open();
  clock_->Advance(absl::Seconds(59));
  call().Accept();
  clock_->Advance(absl::Milliseconds(1999));
  EXPECT_FALSE(call().cancelled());
  clock_->Advance(absl::Milliseconds(1));
  EXPECT_TRUE(call().cancelled());
}

TEST_F(ReadSessionHeartbeat, ServersThatNeverSpeakSpendTheBudget) {
  Open();
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(transport_->reads(), i + 1u);
    call().Accept();
    clock_->Advance(absl::Seconds(20));
    if (i < 2) clock_->AdvanceToNextTimer();
  }
  EXPECT_EQ(NextError(), ErrorCode::kHeartbeatTimeout);
  EXPECT_EQ(clock_->timers(), 0u);
}

}  // namespace
}  // namespace s2::internal
