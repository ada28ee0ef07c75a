// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/conformance/configs.h"

namespace s2::conformance {
namespace {

constexpr uint64_t kHour = 60 * 60 * 1000;

class TimestampsTest : public ConformanceTest {
 protected:
  // The server's clock. A new stream, so that no record before it counts.
  static uint64_t Now() { return Must(NewStream().Append(Input({"x"}))).end().timestamp(); }
  // The timestamps of the records of a stream.
  static std::vector<uint64_t> Of(const s2::Stream& stream) {
    std::vector<uint64_t> timestamps;
    const v1::ReadBatch batch = Must(stream.Read(From(0)));
    for (const auto& record : batch.records()) timestamps.push_back(record.timestamp());
    return timestamps;
  }
};

using ::testing::ElementsAre;

TEST_F(TimestampsTest, AClientsIsKept) {
  const s2::Stream stream = NewStream();
  const v1::AppendAck ack = Must(stream.Append(At({1000, 2000, 3000})));
  EXPECT_EQ(ack.start().timestamp(), 1000u);
  EXPECT_EQ(ack.end().timestamp(), 3000u);
  EXPECT_THAT(Of(stream), ElementsAre(1000, 2000, 3000));
  EXPECT_EQ(Must(stream.CheckTail()).timestamp(), 3000u);
}

TEST_F(TimestampsTest, OneThatGoesBackIsRaisedToThatOfTheRecordBefore) {
  const s2::Stream stream = NewStream();
  Must(stream.Append(At({1000, 500})));
  Must(stream.Append(At({700, 2000})));
  EXPECT_THAT(Of(stream), ElementsAre(1000, 1000, 1000, 2000));
}

TEST_F(TimestampsTest, WithoutOneTheArrivalCounts) {
  const s2::Stream stream = NewStream();
  const uint64_t before = Now();
  const uint64_t given = Must(stream.Append(Input({"x"}))).end().timestamp();
  EXPECT_GE(given, before);
  EXPECT_LE(given, Now());
}

TEST_F(TimestampsTest, OneInTheFutureIsCappedToTheArrival) {
  const s2::Stream stream = NewStream();
  const uint64_t before = Now();
  const uint64_t given = Must(stream.Append(At({before + kHour}))).end().timestamp();
  EXPECT_GE(given, before);
  EXPECT_LE(given, Now());
}

TEST_F(TimestampsTest, OneInTheFutureIsKeptWhereUncappedAndPinsThoseBehindIt) {
  const s2::Stream stream = NewStream(Timestamping(rpc::v1::TIMESTAMPING_MODE_CLIENT_PREFER, true));
  const uint64_t future = Now() + kHour;
  Must(stream.Append(At({future})));
  Must(stream.Append(Input({"x"})));
  EXPECT_THAT(Of(stream), ElementsAre(future, future));
}

TEST_F(TimestampsTest, ClientRequireRefusesABatchWithARecordWithout) {
  const s2::Stream stream = NewStream(Timestamping(rpc::v1::TIMESTAMPING_MODE_CLIENT_REQUIRE));
  v1::AppendInput input = At({1000});
  input.add_records()->set_body("without");
  EXPECT_THAT(stream.Append(input).status(), HasCode(ErrorCode::kInvalid));
  EXPECT_EQ(Must(stream.CheckTail()).seq_num(), 0u);
  Must(stream.Append(At({1000})));
  EXPECT_THAT(Of(stream), ElementsAre(1000));
}

TEST_F(TimestampsTest, ArrivalIgnoresTheClients) {
  const s2::Stream stream = NewStream(Timestamping(rpc::v1::TIMESTAMPING_MODE_ARRIVAL, true));
  const uint64_t before = Now();
  const uint64_t given = Must(stream.Append(At({1000}))).end().timestamp();
  EXPECT_GE(given, before);
  EXPECT_LE(given, Now());
}

}  // namespace
}  // namespace s2::conformance
