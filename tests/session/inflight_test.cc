// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/append/inflight.h"

#include <gtest/gtest.h>

#include <vector>

#include "s2/record/record.h"
#include "s2/retry/error.h"

namespace s2::internal {
namespace {

class InflightTest : public ::testing::Test {
 protected:
  // Puts batches of one record in; they are named a, b, c, ...
  void Push(int count) {
    for (int i = 0; i < count; ++i) {
      const std::string name(1, static_cast<char>('a' + pushed_++));
      v1::AppendInput input = MakeInput({MakeRecord(name)});
      const size_t bytes = MeteredBytes(input);
      inflight_.Push(std::make_shared<AppendBatch>(nullptr, std::move(input), bytes));
    }
  }
  std::string Next() {
    const auto batch = inflight_.NextToWrite();
    return batch == nullptr ? "" : batch->input.records(0).body();
  }
  void Ack(uint64_t start) {
    v1::AppendAck ack;
    ack.mutable_start()->set_seq_num(start);
    ack.mutable_end()->set_seq_num(start + 1);
    ASSERT_TRUE(inflight_.CheckAck(ack).ok());
    EXPECT_TRUE(inflight_.Pop(ack)->acked);
  }
  // The marks of all batches, like "x-": the first may have had an effect.
  std::string Marks() {
    std::string marks;
    for (const auto& batch : inflight_.batches()) marks += batch->marked ? 'x' : '-';
    return marks;
  }
  static absl::Status Leaving(uint64_t forwarded) {
    rpc::v1::ErrorInfo info = GetErrorInfo(MakeError(ErrorCode::kServerDraining, ""));
    info.mutable_reconnect()->set_forwarded(forwarded);
    return MakeError(info, "leaving");
  }

  Inflight inflight_;
  int pushed_ = 0;
};

TEST_F(InflightTest, WritesEachBatchOnceAnAttempt) {
  Push(2);
  EXPECT_EQ(Next(), "a");
  EXPECT_TRUE(inflight_.has_unwritten());
  EXPECT_EQ(Next(), "b");
  EXPECT_FALSE(inflight_.has_unwritten());
  EXPECT_EQ(Next(), "");
  Push(1);
  EXPECT_EQ(Next(), "c");
}

TEST_F(InflightTest, WritesFromTheHeadAgainAfterAnAttempt) {
  Push(3);
  Next();
  Next();
  Ack(0);
  inflight_.EndAttempt(absl::UnavailableError(""));
  EXPECT_EQ(Next(), "b");
  EXPECT_EQ(Next(), "c");
}

TEST_F(InflightTest, MarksWhatWasWrittenUnlessTheErrorProvesOtherwise) {
  Push(3);
  Next();
  Next();
  inflight_.EndAttempt(MakeError(ErrorCode::kRateLimited, ""));
  EXPECT_EQ(Marks(), "---");
  EXPECT_FALSE(AnyMarked(inflight_.batches()));
  Next();
  inflight_.EndAttempt(absl::UnavailableError(""));
  EXPECT_EQ(Marks(), "x--");
  Next();
  Next();
  inflight_.EndAttempt(MakeError(ErrorCode::kRateLimited, ""));
  EXPECT_EQ(Marks(), "x--");
  EXPECT_TRUE(AnyMarked(inflight_.batches()));
}

TEST_F(InflightTest, CountsForwardedBatchesFromTheFirstOfTheAttempt) {
  Push(5);
  for (int i = 0; i < 4; ++i) Next();
  Ack(0);
  Ack(1);
  inflight_.EndAttempt(Leaving(3));
  EXPECT_EQ(Marks(), "x--");
  for (int i = 0; i < 3; ++i) Next();
  inflight_.EndAttempt(Leaving(2));
  EXPECT_EQ(Marks(), "xx-");
  for (int i = 0; i < 3; ++i) Next();
  inflight_.EndAttempt(Leaving(99));
  EXPECT_EQ(Marks(), "xxx");
}

TEST_F(InflightTest, KeepsThePreviousEndAcrossAttempts) {
  Push(2);
  Next();
  Ack(5);
  inflight_.EndAttempt(absl::UnavailableError(""));
  Next();
  v1::AppendAck ack;
  ack.mutable_start()->set_seq_num(5);
  ack.mutable_end()->set_seq_num(6);
  EXPECT_EQ(GetErrorCode(inflight_.CheckAck(ack)), ErrorCode::kInvalidAck);
  Ack(6);
}

TEST_F(InflightTest, DoesNotTakeAnAckForABatchThatThisAttemptHasNotWritten) {
  Push(1);
  v1::AppendAck ack;
  ack.mutable_start()->set_seq_num(0);
  ack.mutable_end()->set_seq_num(1);
  EXPECT_FALSE(inflight_.CheckAck(ack).ok());
  Next();
  EXPECT_TRUE(inflight_.CheckAck(ack).ok());
  inflight_.EndAttempt(absl::UnavailableError(""));
  EXPECT_FALSE(inflight_.CheckAck(ack).ok());
}

}  // namespace
}  // namespace s2::internal
