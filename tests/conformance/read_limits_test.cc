// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/conformance/conformance.h"

namespace s2::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

// count, bytes and until, in unary reads and in sessions. A record of one digit meters 9 bytes.
class ReadLimitsTest : public ConformanceTest {
 protected:
  static s2::Stream Five() {
    const s2::Stream stream = NewStream();
    AppendNumbers(stream, 5);
    return stream;
  }
  // What both kinds of read give.
  static std::vector<std::string> Read(const s2::Stream& stream,
                                       const rpc::v1::ReadRequest& request) {
    const std::vector<std::string> unary = ReadBodies(stream, request);
    EXPECT_EQ(SessionBodies(stream, request), unary);
    return unary;
  }
};

TEST_F(ReadLimitsTest, CountIsTheNumberOfRecords) {
  const s2::Stream stream = Five();
  EXPECT_THAT(Read(stream, Count(From(0), 3)), ElementsAre("0", "1", "2"));
  EXPECT_THAT(Read(stream, Count(From(1), 3)), ElementsAre("1", "2", "3"));
  EXPECT_THAT(Read(stream, Count(From(0), 5)), ElementsAreArray(Numbers(5)));
  EXPECT_THAT(Read(stream, Count(From(0), 50)), ElementsAreArray(Numbers(5)));
}

TEST_F(ReadLimitsTest, BytesAreNotExceeded) {
  const s2::Stream stream = Five();
  EXPECT_THAT(Read(stream, Bytes(From(0), 27)), ElementsAre("0", "1", "2"));
  EXPECT_THAT(Read(stream, Bytes(From(0), 35)), ElementsAre("0", "1", "2"));
  EXPECT_THAT(Read(stream, Bytes(From(0), 45)), ElementsAreArray(Numbers(5)));
  EXPECT_THAT(Read(stream, Bytes(From(0), 4500)), ElementsAreArray(Numbers(5)));
}

TEST_F(ReadLimitsTest, BytesBelowTheFirstRecordGiveNothing) {
  EXPECT_THAT(Read(Five(), Bytes(From(0), 8)), IsEmpty());
}

TEST_F(ReadLimitsTest, WhicheverIsMetFirstEndsTheRead) {
  const s2::Stream stream = Five();
  EXPECT_THAT(Read(stream, Bytes(Count(From(0), 2), 45)), ElementsAre("0", "1"));
  EXPECT_THAT(Read(stream, Bytes(Count(From(0), 4), 20)), ElementsAre("0", "1"));
}

TEST_F(ReadLimitsTest, AnExhaustedOneEndsAtOnceEvenBeyondTheTail) {
  const s2::Stream stream = Five();
  for (const auto& at : {From(0), From(5), From(9), Wait(From(5), 30)}) {
    EXPECT_THAT(Read(stream, Count(at, 0)), IsEmpty());
    EXPECT_THAT(Read(stream, Bytes(at, 0)), IsEmpty());
  }
}

TEST_F(ReadLimitsTest, AUnaryReadGivesABatchAtTheMost) {
  const s2::Stream stream = NewStream();
  Must(stream.Append(Sized(1000, 1)));
  Must(stream.Append(Sized(500, 1)));
  EXPECT_EQ(ReadBodies(stream, From(0)).size(), 1000u);
  EXPECT_EQ(ReadBodies(stream, Count(From(0), 1500)).size(), 1000u);
  EXPECT_EQ(ReadBodies(stream, Bytes(From(0), 100'000'000)).size(), 1000u);
  EXPECT_EQ(SessionBodies(stream, Count(From(0), 1500)).size(), 1500u);
}

TEST_F(ReadLimitsTest, UntilIsExclusive) {
  const s2::Stream stream = NewStream();
  Must(stream.Append(At({1000, 2000, 2000, 3000})));
  EXPECT_THAT(Read(stream, Until(From(0), 999)), IsEmpty());
  EXPECT_THAT(Read(stream, Until(From(0), 1000)), IsEmpty());
  EXPECT_THAT(Read(stream, Until(From(0), 1001)), ElementsAre("1000"));
  EXPECT_THAT(Read(stream, Until(From(0), 2000)), ElementsAre("1000"));
  EXPECT_THAT(Read(stream, Until(From(0), 2001)), ElementsAre("1000", "2000", "2000"));
  EXPECT_THAT(Read(stream, Until(From(0), 9999)), ElementsAre("1000", "2000", "2000", "3000"));
}

TEST_F(ReadLimitsTest, UntilGoesWithOtherLimits) {
  const s2::Stream stream = NewStream();
  Must(stream.Append(At({1000, 2000, 3000})));
  EXPECT_THAT(Read(stream, Count(Until(From(0), 3000), 1)), ElementsAre("1000"));
  EXPECT_THAT(Read(stream, Count(Until(From(0), 3000), 3)), ElementsAre("1000", "2000"));
  EXPECT_THAT(Read(stream, Bytes(Until(From(0), 3000), 23)), ElementsAre("1000"));
}

TEST_F(ReadLimitsTest, ATimestampStartsAtItsFirstRecordOrTheNextOne) {
  const s2::Stream stream = NewStream();
  Must(stream.Append(At({1000, 2000})));
  Must(stream.Append(At({2000, 3000})));
  EXPECT_THAT(ReadBodies(stream, FromTimestamp(0)), ElementsAre("1000", "2000", "2000", "3000"));
  EXPECT_THAT(ReadBodies(stream, FromTimestamp(2000)), ElementsAre("2000", "2000", "3000"));
  EXPECT_THAT(ReadBodies(stream, FromTimestamp(2001)), ElementsAre("3000"));
  EXPECT_THAT(ReadBodies(stream, FromTimestamp(3000)), ElementsAre("3000"));
}

TEST_F(ReadLimitsTest, ATimestampBehindTheLastRecordIsUnwritten) {
  const s2::Stream stream = NewStream();
  Must(stream.Append(At({1000})));
  const absl::Status status = stream.Read(FromTimestamp(1001)).status();
  EXPECT_THAT(status, HasCode(ErrorCode::kReadUnwritten));
  EXPECT_EQ(GetErrorInfo(status).tail().seq_num(), 1u);
  EXPECT_EQ(GetErrorInfo(status).tail().timestamp(), 1000u);
}

TEST_F(ReadLimitsTest, ATimestampAndUntilAreARange) {
  const s2::Stream stream = NewStream();
  Must(stream.Append(At({1000, 2000, 3000, 4000})));
  EXPECT_THAT(Read(stream, Until(FromTimestamp(2000), 4000)), ElementsAre("2000", "3000"));
  EXPECT_THAT(Read(stream, Until(FromTimestamp(1500), 1600)), IsEmpty());
}

TEST_F(ReadLimitsTest, ATimestampNotBelowUntilIsRefused) {
  const s2::Stream stream = Five();
  EXPECT_THAT(stream.Read(Until(FromTimestamp(5), 5)).status(), HasCode(ErrorCode::kInvalid));
  EXPECT_THAT(stream.Read(Until(FromTimestamp(6), 5)).status(), HasCode(ErrorCode::kInvalid));
}

}  // namespace
}  // namespace s2::conformance
