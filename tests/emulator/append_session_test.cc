// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/emulator/fixture.h"

namespace s2 {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

using AppendSessionTest = EmulatorTest;

TEST_F(AppendSessionTest, AcksEachBatchInOrderAndEndsWellAfterHalfClose) {
  AppendCall call(*streams_);
  EXPECT_TRUE(call.Accepted());
  EXPECT_TRUE(call.Write(Input({"a", "b"})));
  EXPECT_THAT(call.Ack(), Pair(0, 2));
  EXPECT_TRUE(call.Write(Input({"c"})));
  EXPECT_TRUE(call.Write(Input({"d"})));
  EXPECT_TRUE(call.HalfClose());
  EXPECT_THAT(call.Ack(), Pair(2, 3));
  EXPECT_THAT(call.Ack(), Pair(3, 4));
  EXPECT_EQ(call.Finish(), absl::OkStatus());
  EXPECT_THAT(Bodies(*Read(From(0))), ElementsAre("a", "b", "c", "d"));
}

TEST_F(AppendSessionTest, AnEmptySessionEndsWell) {
  AppendCall call(*streams_);
  EXPECT_TRUE(call.HalfClose());
  EXPECT_EQ(call.Finish(), absl::OkStatus());
}

TEST_F(AppendSessionTest, IsRefusedWithoutTheMarkerWhenTheStreamIsMissing) {
  AppendCall call(*streams_, "missing");
  EXPECT_FALSE(call.Accepted());
  EXPECT_THAT(call.Finish(), HasCode(ErrorCode::kStreamNotFound));
}

TEST_F(AppendSessionTest, StopsAtTheFirstFailedConditionAfterTheAcksOfEarlierBatches) {
  AppendCall call(*streams_);
  EXPECT_TRUE(call.Write(Matched(0, "a")));
  EXPECT_TRUE(call.Write(Matched(7, "b")));
  call.Write(Input({"dropped"}));
  EXPECT_THAT(call.Ack(), Pair(0, 1));
  EXPECT_THAT(call.Ack(), Pair(-1, -1));
  const absl::Status status = call.Finish();
  EXPECT_THAT(status, HasCode(ErrorCode::kSeqNumMismatch));
  EXPECT_EQ(GetErrorInfo(status).expected_seq_num(), 1u);
  EXPECT_EQ(*Tail(), 1u);
}

TEST_F(AppendSessionTest, AnInvalidBatchEndsItAfterTheAcksOfEarlierBatches) {
  AppendCall call(*streams_);
  EXPECT_TRUE(call.Write(Input({"a"})));
  EXPECT_TRUE(call.Write(v1::AppendInput()));
  EXPECT_THAT(call.Ack(), Pair(0, 1));
  EXPECT_THAT(call.Finish(), HasCode(ErrorCode::kInvalid));
}

TEST_F(AppendSessionTest, AFenceHoldsForTheNextBatch) {
  AppendCall call(*streams_);
  v1::AppendInput fence = Input(MakeFenceRecord("token"));
  fence.set_fencing_token("");
  v1::AppendInput fenced = Input({"a"});
  fenced.set_fencing_token("token");
  v1::AppendInput other = Input({"b"});
  other.set_fencing_token("other");
  EXPECT_TRUE(call.Write(fence));
  EXPECT_TRUE(call.Write(fenced));
  EXPECT_TRUE(call.Write(other));
  EXPECT_THAT(call.Ack(), Pair(0, 1));
  EXPECT_THAT(call.Ack(), Pair(1, 2));
  const absl::Status status = call.Finish();
  EXPECT_THAT(status, HasCode(ErrorCode::kFencingTokenMismatch));
  EXPECT_EQ(GetErrorInfo(status).expected_fencing_token(), "token");
}

TEST_F(AppendSessionTest, LargeBatchesArriveWhole) {
  AppendCall call(*streams_);
  const std::string body(kMaxBatchBytes - 8, 'x');
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(call.Write(Input({body})));
  for (int i = 0; i < 8; ++i) EXPECT_THAT(call.Ack(), Pair(i, i + 1));
  for (int i = 0; i < 8; ++i) EXPECT_THAT(Bodies(*Read(From(i))), ElementsAre(body));
}

TEST_F(AppendSessionTest, PipelinedBatchesOfOtherSessionsInterleaveWithoutGapOrOverlap) {
  constexpr int kBatches = 2000;
  AppendCall a(*streams_);
  AppendCall b(*streams_);
  for (int i = 0; i < kBatches; ++i) {
    ASSERT_TRUE(a.Write(Input({"a"})));
    ASSERT_TRUE(b.Write(Input({"b", "b"})));
    if (i % 100 != 99) continue;
    int64_t last_a = -1, last_b = -1;
    for (int k = 0; k < 100; ++k) {
      const auto [a_start, a_end] = a.Ack();
      const auto [b_start, b_end] = b.Ack();
      ASSERT_EQ(a_end, a_start + 1);
      ASSERT_EQ(b_end, b_start + 2);
      ASSERT_GT(a_start, last_a);
      ASSERT_GT(b_start, last_b);
      last_a = a_start;
      last_b = b_start;
    }
  }
  EXPECT_EQ(*Tail(), 3u * kBatches);
}

TEST_F(AppendSessionTest, EndsAsUnavailableWhenTheStreamIsDeleted) {
  AppendCall call(*streams_);
  EXPECT_TRUE(call.Write(Input({"a"})));
  EXPECT_THAT(call.Ack(), Pair(0, 1));
  EXPECT_EQ(DeleteStream(), absl::OkStatus());
  EXPECT_THAT(call.Finish(), HasCode(ErrorCode::kUnavailable));
}

}  // namespace
}  // namespace s2
