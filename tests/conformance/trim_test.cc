// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/conformance/conformance.h"

namespace s2::conformance {
namespace {

// A trim is acked like any record, and takes effect some time after.
class TrimTest : public ConformanceTest {
 protected:
  static v1::AppendAck Trim(const s2::Stream& stream, uint64_t seq_num) {
    return Must(stream.Append(MakeInput({MakeTrimRecord(seq_num)})));
  }
  // The first record there is; nothing where there is none.
  static std::optional<uint64_t> First(const s2::Stream& stream) {
    const v1::ReadBatch batch = Must(stream.Read(Count(From(0), 1)));
    if (batch.records().empty()) return std::nullopt;
    return batch.records(0).seq_num();
  }
};

TEST_F(TrimTest, TakesTheRecordsBeforeItsPointAndIsARecordItself) {
  const s2::Stream stream = NewStream();
  AppendNumbers(stream, 3);
  EXPECT_THAT(Trim(stream, 2), Spans(3, 4));
  EXPECT_TRUE(Eventually([&] { return First(stream) == 2u; }));
  const v1::ReadBatch batch = Must(stream.Read(From(0)));
  ASSERT_EQ(batch.records_size(), 2);
  EXPECT_TRUE(IsCommand(batch.records(1)));
  EXPECT_EQ(Must(stream.CheckTail()).seq_num(), 4u);
}

TEST_F(TrimTest, ThatGoesBackChangesNothing) {
  const s2::Stream stream = NewStream();
  AppendNumbers(stream, 3);
  Trim(stream, 2);
  Trim(stream, 1);
  EXPECT_TRUE(Eventually([&] { return First(stream) == 2u; }));
}

TEST_F(TrimTest, BeyondTheTailStopsBehindItself) {
  const s2::Stream stream = NewStream();
  AppendNumbers(stream, 3);
  Trim(stream, 1000);
  EXPECT_TRUE(Eventually([&] { return First(stream) == std::nullopt; }));
  EXPECT_THAT(Must(stream.Append(Input({"new"}))), Spans(4, 5));
  EXPECT_EQ(First(stream), 4u);
}

TEST_F(TrimTest, ABoundedReadOfTrimmedRecordsIsEmptyAndNoError) {
  const s2::Stream stream = NewStream();
  AppendNumbers(stream, 3);
  Trim(stream, 1000);
  EXPECT_TRUE(Eventually([&] { return First(stream) == std::nullopt; }));
  EXPECT_TRUE(SessionBodies(stream, Count(From(0), 10)).empty());
}

TEST_F(TrimTest, AReadFromATimestampWhoseRecordsAreTrimmedIsUnwritten) {
  const s2::Stream stream = NewStream();
  Must(stream.Append(At({1000})));
  v1::AppendInput trim = MakeInput({MakeTrimRecord(1000)});
  trim.mutable_records(0)->set_timestamp(1000);
  Must(stream.Append(trim));
  EXPECT_TRUE(Eventually([&] { return First(stream) == std::nullopt; }));
  EXPECT_THAT(stream.Read(FromTimestamp(500)).status(), HasCode(ErrorCode::kReadUnwritten));
}

// However it is limited, and though no record follows.
TEST_F(TrimTest, AReaderIsToldThatAllUpToTheTailIsGone) {
  const s2::Stream stream = NewStream();
  AppendNumbers(stream, 10);
  EXPECT_THAT(Trim(stream, 1000), Spans(10, 11));
  EXPECT_TRUE(Eventually([&] { return First(stream) == std::nullopt; }));
  for (const auto& request : {From(3), Wait(From(3), 0), Wait(From(3), 1), Count(From(3), 100),
                              Wait(Count(From(3), 100), 1), Bytes(From(3), 100),
                              Until(From(3), ~uint64_t{0}), Clamp(From(3))}) {
    SCOPED_TRACE(request.ShortDebugString());
    ReadSession session = OpenRead(stream, request);
    const auto gap = session.Next(Soon());
    ASSERT_TRUE(gap.ok() && !gap->end) << gap.status();
    EXPECT_TRUE(gap->batch.records().empty());
    ASSERT_TRUE(gap->skipped.has_value());
    EXPECT_EQ(gap->skipped->begin, 3u);
    EXPECT_EQ(gap->skipped->end, 11u);
    EXPECT_EQ(session.next_seq_num(), 11u);
    EXPECT_TRUE(session.caught_up());
    EXPECT_EQ(session.last_tail()->seq_num(), 11u);
    if (request.has_count() || request.has_bytes() || request.has_until() || request.has_wait()) {
      EXPECT_TRUE(TakeAll(session).empty());
    }

    ReadSessionOptions options;
    options.fail_on_skipped = true;
    ReadSession strict = OpenRead(stream, request, options);
    EXPECT_THAT(EndOf(strict), HasCode(ErrorCode::kRecordsSkipped));
    EXPECT_EQ(strict.next_seq_num(), 3u);
  }
}

TEST_F(TrimTest, AReaderIsToldWhatIsGoneBehindTheLastRecordToo) {
  const s2::Stream stream = NewStream();
  AppendNumbers(stream, 4);
  ReadSession session = OpenRead(stream, From(0));
  EXPECT_THAT(Take(session, 4), ::testing::ElementsAreArray(Numbers(4)));
  session.Cancel();
  Trim(stream, 1000);
  EXPECT_TRUE(Eventually([&] { return First(stream) == std::nullopt; }));
  ReadSession next = OpenRead(stream, Wait(From(*session.next_seq_num()), 0));
  const auto gap = next.Next(Soon());
  ASSERT_TRUE(gap.ok() && gap->skipped.has_value()) << gap.status();
  EXPECT_EQ(gap->skipped->begin, 4u);
  EXPECT_EQ(gap->skipped->end, 5u);
}

TEST_F(TrimTest, AReaderIsToldWhatItCannotGet) {
  const s2::Stream stream = NewStream();
  AppendNumbers(stream, 3);
  Trim(stream, 2);
  EXPECT_TRUE(Eventually([&] { return First(stream) == 2u; }));
  ReadSession session = OpenRead(stream, From(0));
  const auto next = session.Next(Soon());
  ASSERT_TRUE(next.ok() && !next->end) << next.status();
  ASSERT_TRUE(next->skipped.has_value());
  EXPECT_EQ(next->skipped->begin, 0u);
  EXPECT_EQ(next->skipped->end, 2u);
  EXPECT_EQ(next->batch.records(0).seq_num(), 2u);
}

}  // namespace
}  // namespace s2::conformance
