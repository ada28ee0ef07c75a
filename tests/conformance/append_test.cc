// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/conformance/conformance.h"

namespace s2::conformance {
namespace {

using ::testing::ElementsAre;
using AppendTest = ConformanceTest;

TEST_F(AppendTest, AnAckSaysWhereTheRecordsAre) {
  const s2::Stream stream = NewStream();
  const v1::AppendAck first = Must(stream.Append(Input({"a", "b", "c"})));
  EXPECT_THAT(first, Spans(0, 3));
  EXPECT_GE(first.tail().seq_num(), 3u);
  EXPECT_GT(first.start().timestamp(), 0u);
  EXPECT_GE(first.end().timestamp(), first.start().timestamp());
  EXPECT_THAT(Must(stream.Append(Input({"d"}))), Spans(3, 4));
  EXPECT_THAT(ReadBodies(stream, From(0)), ElementsAre("a", "b", "c", "d"));
}

TEST_F(AppendTest, HeadersAndBodiesComeBackAsTheyWere) {
  const s2::Stream stream = NewStream();
  const std::string bytes("\0\xff\n", 3);
  v1::AppendInput input;
  *input.add_records() = MakeRecord({{"name", "value"}, {"name", ""}, {bytes, bytes}}, bytes);
  *input.add_records() = MakeRecord("");
  *input.add_records() = MakeRecord({{"only", "headers"}}, "");
  Must(stream.Append(input));
  const v1::ReadBatch batch = Must(stream.Read(From(0)));
  ASSERT_EQ(batch.records_size(), 3);
  for (int i = 0; i < 3; ++i) {
    const auto& headers = input.records(i).headers();
    EXPECT_EQ(batch.records(i).seq_num(), static_cast<uint64_t>(i));
    EXPECT_EQ(batch.records(i).body(), input.records(i).body());
    ASSERT_EQ(batch.records(i).headers_size(), headers.size());
    for (int h = 0; h < headers.size(); ++h) {
      EXPECT_EQ(batch.records(i).headers(h).name(), headers[h].name());
      EXPECT_EQ(batch.records(i).headers(h).value(), headers[h].value());
    }
  }
}

TEST_F(AppendTest, TheLargestBatchesFit) {
  const s2::Stream stream = NewStream();
  const v1::AppendInput one = Sized(1, kMaxBatchBytes - 8);
  ASSERT_EQ(MeteredBytes(one), kMaxBatchBytes);
  EXPECT_THAT(Must(stream.Append(one)), Spans(0, 1));
  EXPECT_THAT(Must(stream.Append(Sized(1000, 1024))), Spans(1, 1001));
  const auto back = ReadBodies(stream, From(0));
  ASSERT_EQ(back.size(), 1u) << "a batch of at most 1 MiB";
  EXPECT_TRUE(back[0] == one.records(0).body());
  EXPECT_EQ(ReadBodies(stream, From(1)).size(), 1000u);
}

TEST_F(AppendTest, ABatchBeyondTheLimitsIsRefusedWhole) {
  const s2::Stream stream = NewStream();
  for (const v1::AppendInput& bad :
       {Input({}), Sized(1001, 1), Sized(1, kMaxBatchBytes - 7), Sized(2, kMaxBatchBytes / 2),
        Fenced(std::string(37, 't'), {"x"})}) {
    EXPECT_THAT(stream.Append(bad).status(), HasCode(ErrorCode::kInvalid));
  }
  EXPECT_EQ(Must(stream.CheckTail()).seq_num(), 0u);
}

TEST_F(AppendTest, ACommandThatIsNoneIsRefused) {
  const s2::Stream stream = NewStream();
  for (const v1::AppendRecord& bad :
       {MakeRecord({{"", "stop"}}, ""), MakeRecord({{"", "fence"}, {"a", "b"}}, ""),
        MakeRecord({{"a", "b"}, {"", "fence"}}, ""), MakeRecord({{"", "trim"}}, "1234567"),
        MakeRecord({{"", "fence"}}, std::string(37, 't'))}) {
    EXPECT_THAT(stream.Append(MakeInput({bad})).status(), HasCode(ErrorCode::kInvalid));
  }
  EXPECT_EQ(Must(stream.CheckTail()).seq_num(), 0u);
}

TEST_F(AppendTest, ToAMissingStreamIsNotFound) {
  EXPECT_THAT(basin().Stream(NewName()).Append(Input({"x"})).status(),
              HasCode(ErrorCode::kStreamNotFound));
}

TEST_F(AppendTest, AFailedOneSaysThatItHadNoEffect) {
  const s2::Stream stream = NewStream();
  EXPECT_TRUE(HasNoSideEffects(stream.Append(Matched(1, {"x"})).status()));
  EXPECT_TRUE(HasNoSideEffects(basin().Stream(NewName()).Append(Input({"x"})).status()));
}

}  // namespace
}  // namespace s2::conformance
