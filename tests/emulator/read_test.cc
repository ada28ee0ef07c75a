// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/emulator/fixture.h"

namespace s2 {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ReadTest : public EmulatorTest {
 protected:
  static rpc::v1::ReadRequest FromTimestamp(uint64_t timestamp) {
    rpc::v1::ReadRequest request;
    request.set_timestamp(timestamp);
    return request;
  }
  static rpc::v1::ReadRequest FromTail(uint64_t offset) {
    rpc::v1::ReadRequest request;
    request.set_tail_offset(offset);
    return request;
  }
  static rpc::v1::ReadRequest Bounded(uint64_t seq_num, uint64_t count) {
    rpc::v1::ReadRequest request = From(seq_num);
    request.set_count(count);
    return request;
  }
  // All bodies of a session that ends by itself.
  std::vector<std::string> ReadAll(const rpc::v1::ReadRequest& request) {
    ReadCall call(*streams_, request);
    std::vector<std::string> bodies;
    while (const auto batch = call.Next()) {
      EXPECT_FALSE(batch->has_tail());
      for (const auto& record : batch->records()) bodies.push_back(record.body());
    }
    EXPECT_EQ(call.Finish(), absl::OkStatus());
    return bodies;
  }
  absl::Status OpenError(const rpc::v1::ReadRequest& request) {
    ReadCall call(*streams_, request);
    EXPECT_FALSE(call.Accepted());
    return call.Finish();
  }
};

TEST_F(ReadTest, ReadsFromTheBeginning) {
  ASSERT_TRUE(Append({"a", "b"}).ok());
  ASSERT_TRUE(Append({"c"}).ok());
  const auto batch = Read(From(0));
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_THAT(Bodies(*batch), ElementsAre("a", "b", "c"));
  EXPECT_FALSE(batch->has_tail());
  EXPECT_THAT(ReadAll(Bounded(0, 100)), ElementsAre("a", "b", "c"));
}

TEST_F(ReadTest, NothingIsAtTheTailWithoutWaiting) {
  for (const auto& request : {From(0), FromTail(0), FromTimestamp(0), rpc::v1::ReadRequest()}) {
    const absl::Status status = Read(request).status();
    EXPECT_THAT(status, HasCode(ErrorCode::kReadUnwritten));
    EXPECT_EQ(GetErrorInfo(status).http_status(), 416u);
    EXPECT_EQ(GetErrorInfo(status).tail().seq_num(), 0u);
  }
  EXPECT_THAT(OpenError(Bounded(0, 5)), HasCode(ErrorCode::kReadUnwritten));
}

TEST_F(ReadTest, BeyondTheTailIsAnErrorWithTheTailEvenWhenClampedIfItMayNotFollow) {
  ASSERT_TRUE(Append({"a"}).ok());
  rpc::v1::ReadRequest request = From(100);
  const absl::Status status = OpenError(request);
  EXPECT_THAT(status, HasCode(ErrorCode::kReadUnwritten));
  EXPECT_EQ(GetErrorInfo(status).tail().seq_num(), 1u);
  EXPECT_EQ(GetErrorInfo(status).tail().timestamp(), NowMillis());
  EXPECT_THAT(OpenError(FromTimestamp(NowMillis() + 1)), HasCode(ErrorCode::kReadUnwritten));
  request.set_clamp(true);
  EXPECT_THAT(Read(request).status(), HasCode(ErrorCode::kReadUnwritten));
  ReadCall call(*streams_, request);
  EXPECT_EQ(call.Next()->tail().seq_num(), 1u);
}

TEST_F(ReadTest, AClampedReadWithoutWaitEndsAtOnceWithoutAFrame) {
  ASSERT_TRUE(Append({"a"}).ok());
  rpc::v1::ReadRequest request = From(100);
  request.set_clamp(true);
  request.set_wait(0);
  EXPECT_THAT(ReadAll(request), IsEmpty());
}

TEST_F(ReadTest, TailOffsetCountsBackAndStopsAtTheFirstRecord) {
  ASSERT_TRUE(Append({"a", "b", "c"}).ok());
  EXPECT_THAT(Bodies(*Read(FromTail(2))), ElementsAre("b", "c"));
  EXPECT_THAT(Bodies(*Read(FromTail(1000))), ElementsAre("a", "b", "c"));
}

TEST_F(ReadTest, ATimestampStartsAtItsFirstRecordDuplicatesIncluded) {
  ASSERT_TRUE(Append(At(1000)).ok());
  ASSERT_TRUE(Append(At(2000)).ok());
  ASSERT_TRUE(Append(At(2000)).ok());
  ASSERT_TRUE(Append(At(3000)).ok());
  EXPECT_EQ(Read(FromTimestamp(2000))->records(0).seq_num(), 1u);
  EXPECT_EQ(Read(FromTimestamp(1001))->records(0).seq_num(), 1u);
  EXPECT_EQ(Read(FromTimestamp(0))->records(0).seq_num(), 0u);
  EXPECT_EQ(Read(FromTimestamp(3000))->records(0).seq_num(), 3u);
}

TEST_F(ReadTest, ATimestampWhoseRecordsAreTrimmedIsUnwritten) {
  ASSERT_TRUE(Append(At(1000)).ok());
  ASSERT_TRUE(Append(Input(MakeTrimRecord(2))).ok());
  EXPECT_THAT(Read(FromTimestamp(1000)).status(), HasCode(ErrorCode::kReadUnwritten));
}

TEST_F(ReadTest, UntilIsExclusive) {
  for (const uint64_t t : {1000, 2000, 2000, 3000}) ASSERT_TRUE(Append(At(t)).ok());
  const auto count_until = [&](uint64_t until) {
    rpc::v1::ReadRequest request = From(0);
    request.set_until(until);
    EXPECT_THAT(*Read(request), ::testing::Truly([&](const v1::ReadBatch& b) {
      return static_cast<size_t>(b.records_size()) == ReadAll(request).size();
    }));
    return ReadAll(request).size();
  };
  EXPECT_EQ(count_until(999), 0u);
  EXPECT_EQ(count_until(1000), 0u);
  EXPECT_EQ(count_until(1001), 1u);
  EXPECT_EQ(count_until(2000), 1u);
  EXPECT_EQ(count_until(2001), 3u);
  EXPECT_EQ(count_until(9999), 4u);
  rpc::v1::ReadRequest range = FromTimestamp(2000);
  range.set_until(3000);
  EXPECT_THAT(ReadAll(range), SizeIs(2));
  range.set_until(2000);
  EXPECT_THAT(OpenError(range), HasCode(ErrorCode::kInvalid));
}

TEST_F(ReadTest, WhicheverLimitIsMetFirstEndsTheRead) {
  ASSERT_TRUE(Append({"aa", "bb", "cc", "dd"}).ok());  // 10 metered bytes each
  EXPECT_THAT(ReadAll(Bounded(0, 3)), SizeIs(3));
  rpc::v1::ReadRequest request = From(0);
  request.set_bytes(30);
  EXPECT_THAT(ReadAll(request), SizeIs(3));
  request.set_bytes(39);
  EXPECT_THAT(ReadAll(request), SizeIs(3));
  EXPECT_THAT(Bodies(*Read(request)), SizeIs(3));
  request.set_count(2);
  EXPECT_THAT(ReadAll(request), SizeIs(2));
  request.set_count(4);
  request.set_bytes(10);
  EXPECT_THAT(ReadAll(request), SizeIs(1));
  request.set_bytes(9);
  EXPECT_THAT(ReadAll(request), IsEmpty());
  EXPECT_THAT(Bodies(*Read(request)), IsEmpty());
}

TEST_F(ReadTest, AnExhaustedLimitEndsAtOnceEvenBeyondTheTail) {
  EXPECT_THAT(ReadAll(Bounded(0, 0)), IsEmpty());
  EXPECT_THAT(ReadAll(Bounded(100, 0)), IsEmpty());
  rpc::v1::ReadRequest request = From(100);
  request.set_bytes(0);
  request.set_wait(10);
  EXPECT_THAT(ReadAll(request), IsEmpty());
  EXPECT_THAT(Bodies(*Read(request)), IsEmpty());
}

TEST_F(ReadTest, ABoundedReadOfTrimmedRecordsIsEmptyAndNoError) {
  ASSERT_TRUE(Append({"a", "b"}).ok());
  ASSERT_TRUE(Append(Input(MakeTrimRecord(3))).ok());
  EXPECT_THAT(ReadAll(Bounded(0, 10)), IsEmpty());
  EXPECT_THAT(Bodies(*Read(From(1))), IsEmpty());
}

TEST_F(ReadTest, AUnaryReadTakesAtMostABatch) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Append(std::vector<std::string>(500, "x")).ok());
  EXPECT_EQ(Read(From(0))->records_size(), 1000);
  EXPECT_EQ(Read(Bounded(0, 5000))->records_size(), 1000);
  const std::string big(600 * 1024, 'x');
  ASSERT_TRUE(Append({big}).ok());
  ASSERT_TRUE(Append({big}).ok());
  EXPECT_EQ(Read(From(1500))->records_size(), 1);
}

TEST_F(ReadTest, ASessionCatchesUpInBatchesWithoutTail) {
  const std::string big(300 * 1024, 'x');
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(Append({big}).ok());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Append(std::vector<std::string>(700, "y")).ok());
  ReadCall call(*streams_, Bounded(0, 100000));
  uint64_t next = 0;
  while (const auto batch = call.Next()) {
    EXPECT_FALSE(batch->has_tail());
    EXPECT_LE(batch->records_size(), 1000);
    EXPECT_LE(MeteredBytes(*batch), kMaxBatchBytes);
    for (const auto& record : batch->records()) EXPECT_EQ(record.seq_num(), next++);
  }
  EXPECT_EQ(next, 3510u);
  EXPECT_EQ(call.Finish(), absl::OkStatus());
}

TEST_F(ReadTest, EverySeqNumIsAStart) {
  std::vector<std::string> expected;
  for (int i = 0; i < 40; ++i) {
    std::vector<std::string> bodies;
    for (int k = 0; k <= i % 7; ++k) bodies.push_back(std::string(i * 97 % 900, 'a' + i % 26));
    ASSERT_TRUE(Append(bodies).ok());
    expected.insert(expected.end(), bodies.begin(), bodies.end());
  }
  for (size_t start = 0; start < expected.size(); ++start) {
    const auto batch = Read(From(start));
    ASSERT_TRUE(batch.ok()) << batch.status();
    ASSERT_EQ(batch->records(0).seq_num(), start);
    ASSERT_EQ(Bodies(*batch), std::vector<std::string>(expected.begin() + start, expected.end()));
  }
}

TEST_F(ReadTest, AUnaryReadWaitsForTheFirstLiveBatchAndHasItsTail) {
  rpc::v1::ReadRequest request = From(0);
  request.set_wait(10);
  UnaryReadCall call(*streams_, request);
  clock_->AwaitTimer(absl::Seconds(10));
  ASSERT_TRUE(Append({"a"}).ok());
  const auto batch = call.Wait();
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_THAT(Bodies(*batch), ElementsAre("a"));
  EXPECT_EQ(batch->tail().seq_num(), 1u);
}

TEST_F(ReadTest, AUnaryReadIsEmptyWhenItsWaitIsOverWhichIsAMinuteAtTheMost) {
  rpc::v1::ReadRequest request = From(0);
  request.set_wait(3600);
  UnaryReadCall call(*streams_, request);
  clock_->AdvanceToTimer(absl::Minutes(1));
  const auto batch = call.Wait();
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_EQ(batch->records_size(), 0);
}

TEST_F(ReadTest, AUnaryReadThatWaitsEndsWhenTheStreamIsDeleted) {
  rpc::v1::ReadRequest request = From(0);
  request.set_wait(10);
  UnaryReadCall call(*streams_, request);
  clock_->AwaitTimer(absl::Seconds(10));
  EXPECT_EQ(DeleteStream(), absl::OkStatus());
  const auto batch = call.Wait();
  ASSERT_TRUE(batch.ok()) << batch.status();
  ASSERT_EQ(batch->records_size(), 1);
  EXPECT_TRUE(IsCommand(batch->records(0)));
}

TEST_F(ReadTest, ReadingAMissingStreamIsNotFound) {
  CallContext context(kBasin, "missing");
  v1::ReadBatch batch;
  EXPECT_THAT(FromGrpc(streams_->Read(&context, From(0), &batch)),
              HasCode(ErrorCode::kStreamNotFound));
}

}  // namespace
}  // namespace s2
