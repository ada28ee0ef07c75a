// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/conformance/conformance.h"

namespace s2::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

// Where a read starts, and what it finds at the tail.
class ReadTest : public ConformanceTest {
 protected:
  // That of a start which is not written yet.
  static uint64_t UnwrittenTail(const absl::Status& status) {
    EXPECT_THAT(status, HasCode(ErrorCode::kReadUnwritten));
    return GetErrorInfo(status).tail().seq_num();
  }
  static absl::Status SessionEnd(const s2::Stream& stream, const rpc::v1::ReadRequest& request) {
    ReadSession session = OpenRead(stream, request);
    return EndOf(session);
  }
};

TEST_F(ReadTest, TheTailIsBehindTheLastRecord) {
  const s2::Stream stream = NewStream();
  EXPECT_EQ(Must(stream.CheckTail()).seq_num(), 0u);
  EXPECT_EQ(Must(stream.CheckTail()).timestamp(), 0u);
  Must(stream.Append(At({1000, 2000})));
  EXPECT_EQ(Must(stream.CheckTail()).seq_num(), 2u);
  EXPECT_EQ(Must(stream.CheckTail()).timestamp(), 2000u);
}

TEST_F(ReadTest, BeginsWhereItIsTold) {
  const s2::Stream stream = NewStream();
  AppendNumbers(stream, 5);
  EXPECT_THAT(ReadBodies(stream, From(0)), ElementsAreArray(Numbers(5)));
  EXPECT_THAT(ReadBodies(stream, From(3)), ElementsAre("3", "4"));
  const v1::ReadBatch batch = Must(stream.Read(From(3)));
  EXPECT_EQ(batch.records(0).seq_num(), 3u);
  EXPECT_EQ(batch.records(1).seq_num(), 4u);
}

TEST_F(ReadTest, ATailOffsetCountsBackAndStopsAtTheFirstRecord) {
  const s2::Stream stream = NewStream();
  AppendNumbers(stream, 5);
  EXPECT_THAT(ReadBodies(stream, FromTail(2)), ElementsAre("3", "4"));
  EXPECT_THAT(ReadBodies(stream, FromTail(5)), ElementsAreArray(Numbers(5)));
  EXPECT_THAT(ReadBodies(stream, FromTail(100)), ElementsAreArray(Numbers(5)));
}

TEST_F(ReadTest, NothingIsWrittenAtTheTail) {
  const s2::Stream stream = NewStream();
  AppendNumbers(stream, 3);
  for (const auto& at : {From(3), FromTail(0), rpc::v1::ReadRequest(), Clamp(From(3))}) {
    EXPECT_EQ(UnwrittenTail(stream.Read(at).status()), 3u) << at.ShortDebugString();
    EXPECT_EQ(UnwrittenTail(SessionEnd(stream, Count(at, 1))), 3u) << at.ShortDebugString();
  }
}

TEST_F(ReadTest, NothingIsWrittenInAnEmptyStream) {
  const s2::Stream stream = NewStream();
  for (const auto& at : {From(0), FromTail(0), FromTail(5), FromTimestamp(0)}) {
    EXPECT_EQ(UnwrittenTail(stream.Read(at).status()), 0u) << at.ShortDebugString();
    EXPECT_EQ(UnwrittenTail(SessionEnd(stream, Bytes(at, 100))), 0u) << at.ShortDebugString();
  }
}

TEST_F(ReadTest, BeyondTheTailIsAnErrorUnlessItIsClampedAndMayFollow) {
  const s2::Stream stream = NewStream();
  AppendNumbers(stream, 3);
  EXPECT_EQ(UnwrittenTail(stream.Read(From(4)).status()), 3u);
  EXPECT_EQ(UnwrittenTail(stream.Read(Wait(From(4), 1)).status()), 3u);
  EXPECT_EQ(UnwrittenTail(stream.Read(Clamp(From(4))).status()), 3u);
  EXPECT_EQ(UnwrittenTail(SessionEnd(stream, From(4))), 3u);
  EXPECT_EQ(UnwrittenTail(SessionEnd(stream, Until(Clamp(From(4)), 1))), 3u);

  ReadSession session = OpenRead(stream, Clamp(From(100)));
  EXPECT_EQ(CatchUp(session), 3u);
  Must(stream.Append(Input({"live"})));
  EXPECT_THAT(Take(session, 1), ElementsAre("live"));
}

TEST_F(ReadTest, AMissingStreamIsNotFound) {
  const s2::Stream missing = basin().Stream(NewName());
  EXPECT_THAT(missing.CheckTail().status(), HasCode(ErrorCode::kStreamNotFound));
  EXPECT_THAT(missing.Read(From(0)).status(), HasCode(ErrorCode::kStreamNotFound));
  EXPECT_THAT(SessionEnd(missing, From(0)), HasCode(ErrorCode::kStreamNotFound));
}

TEST_F(ReadTest, OneThatWaitsGetsTheFirstLiveBatchAndItsTail) {
  const s2::Stream stream = NewStream();
  AppendNumbers(stream, 1);
  AppendSession session = OpenAppend(stream);
  // The reader may come before or after the append, and gets it either way.
  const auto append = session.Submit(Input({"a", "b"}));
  const v1::ReadBatch batch = Must(stream.Read(Wait(From(1), 30)));
  EXPECT_THAT(Bodies(batch), ElementsAre("a", "b"));
  EXPECT_TRUE(!batch.has_tail() || batch.tail().seq_num() == 3u);
  Must(Await(append));
}

TEST_F(ReadTest, OneThatWaitsIsEmptyWhenItsTimeIsOver) {
  const s2::Stream stream = NewStream();
  const absl::Time begun = absl::Now();
  EXPECT_THAT(ReadBodies(stream, Wait(Clamp(From(5)), 1)), IsEmpty());
  EXPECT_GE(absl::Now() - begun, absl::Seconds(1));
}

TEST_F(ReadTest, ManyAtOnceSeeTheSame) {
  const s2::Stream stream = NewStream();
  AppendNumbers(stream, 100);
  std::vector<ReadSession> sessions;
  for (int i = 0; i < 10; ++i) sessions.push_back(OpenRead(stream, Count(From(0), 100)));
  for (ReadSession& session : sessions) {
    EXPECT_THAT(TakeAll(session), ElementsAreArray(Numbers(100)));
  }
}

}  // namespace
}  // namespace s2::conformance
