// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gtest/gtest.h>

#include "s2/testing/internal/short_text.h"
#include "s2/tests/session/read_session_fixture.h"

namespace s2::internal {
namespace {

class ReadSessionLimits : public ReadSessionTest {};

TEST_F(ReadSessionLimits, ABrokenStreamBehindTheLastRecordIsACleanEnd) {
  for (bool by_count : {true, false}) {
    request_.Clear();
    request_.set_seq_num(0);
    if (by_count) {
      request_.set_count(3);
    } else {
      request_.set_bytes(3 * kRecordBytes);
    }
    OpenAccepted();
    const size_t calls = transport_->reads();
    call().Deliver(Batch({0, 1}));
    call().Deliver(Batch({2}));
    call().Finish(Broken());
    EXPECT_EQ(clock_->timers(), 0u);
    EXPECT_EQ(ShowNext(), "0 1");
    EXPECT_EQ(ShowNext(), "2");
    EXPECT_EQ(ShowNext(), "end");
    EXPECT_EQ(transport_->reads(), calls);
    session_.reset();
  }
}

TEST_F(ReadSessionLimits, AServerThatNeverSaysTheEndIsNotWaitedForLong) {
  request_.set_count(1);
  OpenAccepted();
  call().Deliver(Batch({0}));
  EXPECT_EQ(ShowNext(), "0");
  EXPECT_EQ(ShowNext(), "none");
  clock_->Advance(options_.heartbeat_timeout);
  EXPECT_TRUE(call().cancelled());
  EXPECT_EQ(ShowNext(), "end");
}

TEST_F(ReadSessionLimits, CommandsLeftOutStillCount) {
  options_.skip_commands = true;
  request_.set_count(3);
  OpenAccepted();
  call().Deliver(CommandBatch({0, 1}));
  Reconnect();
  EXPECT_EQ(call().request().count(), 1u);
  call().Deliver(CommandBatch({2}));
  call().Finish(Broken());
  EXPECT_EQ(ShowNext(), "end");
}

TEST_F(ReadSessionLimits, ATerminalErrorBehindTheLastRecordIsStillSaid) {
  request_.set_count(1);
  OpenAccepted();
  call().Deliver(Batch({0}));
  call().Finish(MakeError(ErrorCode::kPermissionDenied, "no"));
  EXPECT_EQ(ShowNext(), "0");
  EXPECT_EQ(NextError(), ErrorCode::kPermissionDenied);
}

TEST_F(ReadSessionLimits, ABoundedReadThatResumesAtTheTailHasEnded) {
  request_.set_count(100);
  OpenAccepted();
  call().Deliver(Batch({0, 1}));
  call().Finish(Broken());
  clock_->AdvanceToNextTimer();
  EXPECT_EQ(testing::ShortText(call().request()), "seq_num: 2 count: 98");
  call().Finish(Unwritten(2));
  EXPECT_EQ(ShowNext(), "0 1");
  EXPECT_EQ(ShowNext(), "end");
}

TEST_F(ReadSessionLimits, AnUnwrittenStartIsAnErrorThatTellsTheTail) {
  request_.set_count(1);
  Open();
  call().Finish(Unwritten(0));
  const absl::Status error = Next().status();
  EXPECT_EQ(GetErrorCode(error), ErrorCode::kReadUnwritten);
  EXPECT_TRUE(GetErrorInfo(error).has_tail());
}

TEST_F(ReadSessionLimits, AnUnwrittenResumeOnAShorterStreamIsAnError) {
  request_.set_count(100);
  OpenAccepted();
  call().Deliver(Batch({0, 1}));
  Reconnect();
  call().Finish(Unwritten(1));
  EXPECT_EQ(ShowNext(), "0 1");
  EXPECT_EQ(NextError(), ErrorCode::kReadUnwritten);
}

}  // namespace
}  // namespace s2::internal
