// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <thread>

#include "s2/tests/conformance/conformance.h"

namespace s2::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ReadSessionTest = ConformanceTest;

TEST_F(ReadSessionTest, CatchesUpInBatchesWithinTheLimits) {
  const s2::Stream stream = NewStream();
  for (int i = 0; i < 3; ++i) Must(stream.Append(Sized(700, 1)));
  Must(stream.Append(Sized(1, kMaxBatchBytes - 8)));
  ReadSession session = OpenRead(stream, Count(From(0), 2101));
  uint64_t next = 0;
  while (next < 2101) {
    const v1::ReadBatch batch = NextBatch(session);
    ASSERT_FALSE(batch.records().empty());
    EXPECT_LE(batch.records_size(), 1000);
    EXPECT_LE(MeteredBytes(batch), kMaxBatchBytes);
    EXPECT_FALSE(batch.has_tail()) << "what comes from storage has none";
    for (const auto& record : batch.records()) EXPECT_EQ(record.seq_num(), next++);
  }
  EXPECT_TRUE(TakeAll(session).empty());
}

TEST_F(ReadSessionTest, ABoundedOneEndsAtTheTailThatWasThereWhenItOpened) {
  const s2::Stream stream = NewStream();
  AppendNumbers(stream, 5);
  ReadSession session = OpenRead(stream, Count(From(0), 100));
  EXPECT_THAT(TakeAll(session), ElementsAreArray(Numbers(5)));
}

TEST_F(ReadSessionTest, OneThatEndsBeforeItsLimitKnowsTheTail) {
  const s2::Stream stream = NewStream();
  AppendNumbers(stream, 5);
  for (const auto& request : {Count(From(0), 100), Bytes(From(0), 1000), Until(From(0), ~0ull)}) {
    ReadSession session = OpenRead(stream, request);
    EXPECT_THAT(TakeAll(session), ElementsAreArray(Numbers(5)));
    EXPECT_TRUE(session.caught_up()) << request.ShortDebugString();
    EXPECT_EQ(session.last_tail()->seq_num(), 5u);
    EXPECT_EQ(session.Stats().records, 5u);
  }
}

TEST_F(ReadSessionTest, CommandsAreReadUnlessTheReaderLeavesThemOut) {
  const s2::Stream stream = NewStream();
  Must(stream.Append(Input({"a"})));
  Must(stream.Append(MakeInput({MakeFenceRecord("token"), MakeRecord("b")})));
  EXPECT_THAT(SessionBodies(stream, Count(From(0), 3)), ElementsAre("a", "token", "b"));
  ReadSessionOptions options;
  options.skip_commands = true;
  ReadSession session = OpenRead(stream, Count(From(0), 3), options);
  EXPECT_THAT(TakeAll(session), ElementsAre("a", "b"));
}

TEST_F(ReadSessionTest, KnowsWhereItIs) {
  const s2::Stream stream = NewStream();
  AppendNumbers(stream, 5);
  ReadSession exact = OpenRead(stream, From(2));
  EXPECT_EQ(exact.next_seq_num(), 2u);
  Take(exact, 3);
  EXPECT_EQ(exact.next_seq_num(), 5u);
  ReadSession relative = OpenRead(stream, FromTail(1));
  EXPECT_THAT(Take(relative, 1), ElementsAre("4"));
  EXPECT_EQ(relative.next_seq_num(), 5u);
  ReadSession at_tail = OpenRead(stream, FromTail());
  CatchUp(at_tail);
  EXPECT_EQ(at_tail.next_seq_num(), 5u);
}

TEST_F(ReadSessionTest, IsCaughtUpOnceTheLastRecordIsTaken) {
  const s2::Stream stream = NewStream();
  AppendNumbers(stream, 2);
  ReadSession session = OpenRead(stream, From(0));
  std::thread reader([&] { EXPECT_THAT(Take(session, 2), ElementsAre("0", "1")); });
  EXPECT_EQ(CatchUp(session), 2u);
  reader.join();
  EXPECT_TRUE(session.caught_up());
  EXPECT_EQ(session.last_tail()->seq_num(), 2u);
}

TEST_F(ReadSessionTest, CancelEndsItAtOnce) {
  ReadSession session = OpenRead(NewStream(), From(0));
  CatchUp(session);
  session.Cancel();
  EXPECT_EQ(EndOf(session).code(), absl::StatusCode::kCancelled);
}

TEST_F(ReadSessionTest, AllThatIsAppendedMeanwhileIsReadOnceAndInOrder) {
  const s2::Stream stream = NewStream();
  ReadSession session = OpenRead(stream, From(0));
  std::thread writer([&] { AppendNumbers(stream, 500); });
  EXPECT_THAT(Take(session, 500), ElementsAreArray(Numbers(500)));
  writer.join();
  EXPECT_EQ(session.Stats().records, 500u);
}

}  // namespace
}  // namespace s2::conformance
