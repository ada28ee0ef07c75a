// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/conformance/conformance.h"

namespace s2::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

// Read sessions at the tail. The client shows no heartbeats; that a session has caught up with
// nothing to read is one.
class FollowTest : public ConformanceTest {
 protected:
  // A stream with this many records, and a session behind them.
  static ReadSession Follow(const s2::Stream& stream, const rpc::v1::ReadRequest& request) {
    ReadSession session = OpenRead(stream, request);
    CatchUp(session);
    return session;
  }
};

TEST_F(FollowTest, TheTailIsToldAtOnce) {
  const s2::Stream stream = NewStream();
  ReadSession session = OpenRead(stream, From(0));
  EXPECT_EQ(CatchUp(session), 0u);
  EXPECT_TRUE(session.caught_up());
}

TEST_F(FollowTest, ReadsWhatIsThereThenWhatComes) {
  const s2::Stream stream = NewStream();
  AppendNumbers(stream, 5);
  ReadSession session = OpenRead(stream, From(0));
  EXPECT_THAT(Take(session, 5), ElementsAreArray(Numbers(5)));
  EXPECT_EQ(CatchUp(session), 5u);
  Must(stream.Append(Input({"live"})));
  EXPECT_THAT(Take(session, 1), ElementsAre("live"));
  EXPECT_EQ(CatchUp(session), 6u);
  EXPECT_EQ(session.next_seq_num(), 6u);
}

TEST_F(FollowTest, WithoutAStartBeginsAtTheTail) {
  const s2::Stream stream = NewStream();
  AppendNumbers(stream, 5);
  ReadSession session = Follow(stream, {});
  Must(stream.Append(Input({"live"})));
  EXPECT_THAT(Take(session, 1), ElementsAre("live"));
}

TEST_F(FollowTest, EachLiveBatchIsOneAppendAndHasItsTail) {
  const s2::Stream stream = NewStream();
  ReadSession session = Follow(stream, From(0));
  for (uint64_t n = 1; n <= 3; ++n) {
    Must(stream.Append(Input({"a", "b"})));
    const v1::ReadBatch batch = NextBatch(session);
    EXPECT_THAT(Bodies(batch), ElementsAre("a", "b"));
    EXPECT_EQ(batch.tail().seq_num(), 2 * n);
  }
}

TEST_F(FollowTest, CountEndsItWithinALiveBatch) {
  const s2::Stream stream = NewStream();
  ReadSession session = Follow(stream, Wait(Count(From(0), 3), 30));
  Must(stream.Append(Input({"a", "b"})));
  Must(stream.Append(Input({"c", "d"})));
  EXPECT_THAT(TakeAll(session), ElementsAre("a", "b", "c"));
}

TEST_F(FollowTest, AnExactCountEndsIt) {
  const s2::Stream stream = NewStream();
  ReadSession session = Follow(stream, Wait(Count(From(0), 2), 30));
  Must(stream.Append(Input({"a", "b"})));
  EXPECT_THAT(TakeAll(session), ElementsAre("a", "b"));
}

TEST_F(FollowTest, BytesEndItWithinALiveBatch) {
  const s2::Stream stream = NewStream();
  ReadSession session = Follow(stream, Wait(Bytes(From(0), 20), 30));
  Must(stream.Append(Input({"a", "b", "c"})));
  EXPECT_THAT(TakeAll(session), ElementsAre("a", "b"));
}

TEST_F(FollowTest, BytesBelowTheFirstLiveRecordEndItWithoutABatch) {
  const s2::Stream stream = NewStream();
  ReadSession session = Follow(stream, Wait(Bytes(From(0), 8), 30));
  Must(stream.Append(Input({"a"})));
  EXPECT_THAT(TakeAll(session), IsEmpty());
}

TEST_F(FollowTest, UntilEndsItWithinALiveBatch) {
  const s2::Stream stream = NewStream();
  ReadSession session = Follow(stream, Wait(Until(From(0), 3000), 30));
  Must(stream.Append(At({1000, 2000, 3000})));
  EXPECT_THAT(TakeAll(session), ElementsAre("1000", "2000"));
}

TEST_F(FollowTest, ItEndsWellWhenItsWaitIsOver) {
  const s2::Stream stream = NewStream();
  AppendNumbers(stream, 3);
  const absl::Time begun = absl::Now();
  ReadSession session = OpenRead(stream, Wait(From(0), 1));
  EXPECT_THAT(TakeAll(session), ElementsAreArray(Numbers(3)));
  EXPECT_GE(absl::Now() - begun, absl::Seconds(1));
  EXPECT_LT(absl::Now() - begun, absl::Seconds(10));
}

TEST_F(FollowTest, AZeroWaitEndsAtTheTailAndTellsIt) {
  const s2::Stream stream = NewStream();
  AppendNumbers(stream, 3);
  ReadSession session = OpenRead(stream, Wait(From(0), 0));
  EXPECT_THAT(TakeAll(session), ElementsAreArray(Numbers(3)));
  EXPECT_TRUE(session.caught_up());
  EXPECT_EQ(session.last_tail()->seq_num(), 3u);
  EXPECT_EQ(session.Stats().attempts, 1u);
  EXPECT_THAT(SessionBodies(stream, Wait(From(0), 0)), ElementsAreArray(Numbers(3)));
  EXPECT_THAT(SessionBodies(stream, Wait(From(3), 0)), IsEmpty());
}

// Another read that waits is the clock.
TEST_F(FollowTest, EachBatchBeginsTheWaitAnew) {
  const s2::Stream stream = NewStream();
  const s2::Stream empty = NewStream();
  ReadSession session = Follow(stream, Wait(From(0), 2));
  EXPECT_THAT(ReadBodies(empty, Wait(From(0), 1)), IsEmpty());
  Must(stream.Append(Input({"a"})));
  EXPECT_THAT(Take(session, 1), ElementsAre("a"));
  const absl::Time delivered = absl::Now();
  EXPECT_THAT(TakeAll(session), IsEmpty());
  EXPECT_GE(absl::Now() - delivered, absl::Milliseconds(1500)) << "not what was left of the first";
}

TEST_F(FollowTest, ManyFollowersAllGetTheNextRecord) {
  const s2::Stream stream = NewStream();
  std::vector<ReadSession> sessions;
  for (int i = 0; i < 100; ++i) sessions.push_back(OpenRead(stream, From(0)));
  for (ReadSession& session : sessions) CatchUp(session);
  Must(stream.Append(Input({"live"})));
  for (ReadSession& session : sessions) EXPECT_THAT(Take(session, 1), ElementsAre("live"));
}

// The one case that takes its time: heartbeats come within 15 s of one another.
TEST_F(FollowTest, HeartbeatsKeepAnIdleOneAlive) {
  ReadSessionOptions options;
  options.heartbeat_timeout = absl::Seconds(16);
  options.retry.budget = RetryBudget::Attempts(1);
  ReadSession session = OpenRead(NewStream(), From(0), options);
  CatchUp(session);
  EXPECT_EQ(session.Next(absl::Now() + absl::Seconds(17)).status().code(),
            absl::StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace s2::conformance
