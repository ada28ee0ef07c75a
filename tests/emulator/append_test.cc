// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/emulator/fixture.h"

namespace s2 {
namespace {

using ::testing::ElementsAre;

using AppendTest = EmulatorTest;

rpc::v1::StreamConfig Timestamping(rpc::v1::TimestampingMode mode, bool uncapped) {
  rpc::v1::StreamConfig config;
  config.mutable_timestamping()->set_mode(mode);
  config.mutable_timestamping()->set_uncapped(uncapped);
  return config;
}

TEST_F(AppendTest, AcksWhereTheRecordsAre) {
  const auto first = Append({"a", "b"});
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->start().seq_num(), 0u);
  EXPECT_EQ(first->end().seq_num(), 2u);
  EXPECT_EQ(first->tail().seq_num(), 2u);
  EXPECT_EQ(first->start().timestamp(), NowMillis());
  EXPECT_EQ(first->end().timestamp(), NowMillis());
  const auto second = Append({"c"});
  EXPECT_EQ(second->start().seq_num(), 2u);
  EXPECT_EQ(second->end().seq_num(), 3u);
}

TEST_F(AppendTest, KeepsHeadersBodiesAndTheirOrder) {
  v1::AppendInput input;
  *input.add_records() = MakeRecord({{"name", "value"}, {"name", ""}}, "body");
  *input.add_records() = MakeRecord("");
  *input.add_records() = MakeRecord({{std::string("\0\xff", 2), "v"}}, std::string("\0\n", 2));
  ASSERT_TRUE(Append(input).ok());
  const auto batch = Read(From(0));
  ASSERT_TRUE(batch.ok()) << batch.status();
  ASSERT_EQ(batch->records_size(), 3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(batch->records(i).seq_num(), static_cast<uint64_t>(i));
    EXPECT_EQ(batch->records(i).timestamp(), NowMillis());
    EXPECT_EQ(batch->records(i).body(), input.records(i).body());
    ASSERT_EQ(batch->records(i).headers_size(), input.records(i).headers_size());
    for (int h = 0; h < input.records(i).headers_size(); ++h) {
      EXPECT_EQ(batch->records(i).headers(h).name(), input.records(i).headers(h).name());
      EXPECT_EQ(batch->records(i).headers(h).value(), input.records(i).headers(h).value());
    }
  }
}

TEST_F(AppendTest, RefusesBatchesBeyondTheLimits) {
  EXPECT_THAT(Append(v1::AppendInput()).status(), HasCode(ErrorCode::kInvalid));
  EXPECT_THAT(Append(std::vector<std::string>(1001, "x")).status(), HasCode(ErrorCode::kInvalid));
  EXPECT_THAT(Append({std::string(kMaxBatchBytes - 7, 'x')}).status(),
              HasCode(ErrorCode::kInvalid));
  EXPECT_THAT(Append({std::string(6 * kMaxBatchBytes, 'x')}).status(),
              HasCode(ErrorCode::kInvalid));
  v1::AppendInput token = Input({"x"});
  token.set_fencing_token(std::string(37, 't'));
  EXPECT_THAT(Append(token).status(), HasCode(ErrorCode::kInvalid));
  EXPECT_EQ(*Tail(), 0u);
  EXPECT_TRUE(Append({std::string(kMaxBatchBytes - 8, 'x')}).ok());
  EXPECT_TRUE(Append(std::vector<std::string>(1000, "x")).ok());
}

TEST_F(AppendTest, RefusesCommandsThatAreNone) {
  EXPECT_THAT(Append(Input(MakeRecord({{"", "stop"}}, ""))).status(), HasCode(ErrorCode::kInvalid));
  EXPECT_THAT(Append(Input(MakeRecord({{"", "fence"}, {"a", "b"}}, ""))).status(),
              HasCode(ErrorCode::kInvalid));
  EXPECT_THAT(Append(Input(MakeRecord({{"", "trim"}}, "1234567"))).status(),
              HasCode(ErrorCode::kInvalid));
}

TEST_F(AppendTest, MatchSeqNumIsComparedWithTheNextRecord) {
  EXPECT_TRUE(Append(Matched(0, "a")).ok());
  EXPECT_TRUE(Append(Matched(1, "b")).ok());
  const auto low = Append(Matched(0, "c"));
  EXPECT_THAT(low.status(), HasCode(ErrorCode::kSeqNumMismatch));
  EXPECT_EQ(low.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(GetErrorInfo(low.status()).expected_seq_num(), 2u);
  EXPECT_EQ(GetErrorInfo(low.status()).http_status(), 412u);
  EXPECT_THAT(Append(Matched(9, "c")).status(), HasCode(ErrorCode::kSeqNumMismatch));
  EXPECT_EQ(*Tail(), 2u);
}

TEST_F(AppendTest, TheTokenIsCheckedBeforeTheSeqNumAndOnlyWhenGiven) {
  EXPECT_TRUE(Append(Input(MakeFenceRecord("t"))).ok());
  v1::AppendInput both = Matched(9, "a");
  both.set_fencing_token("wrong");
  const auto failed = Append(both);
  EXPECT_THAT(failed.status(), HasCode(ErrorCode::kFencingTokenMismatch));
  EXPECT_EQ(GetErrorInfo(failed.status()).expected_fencing_token(), "t");
  EXPECT_TRUE(Append({"unfenced writers are not checked"}).ok());
}

TEST_F(AppendTest, AFenceInsideABatchSparesThatBatchAndAnEmptyTokenClearsIt) {
  v1::AppendInput input = Input({"a"});
  *input.add_records() = MakeFenceRecord("t");
  *input.add_records() = MakeRecord("b");
  input.set_fencing_token("");
  EXPECT_TRUE(Append(input).ok());
  EXPECT_THAT(Append(input).status(), HasCode(ErrorCode::kFencingTokenMismatch));
  v1::AppendInput clear = Input(MakeFenceRecord(""));
  clear.set_fencing_token("t");
  EXPECT_TRUE(Append(clear).ok());
  EXPECT_TRUE(Append(input).ok());
}

TEST_F(AppendTest, ATrimHidesTheRecordsBeforeItsPoint) {
  ASSERT_TRUE(Append({"a", "b", "c"}).ok());
  ASSERT_TRUE(Append(Input(MakeTrimRecord(2))).ok());
  const auto batch = Read(From(0));
  ASSERT_TRUE(batch.ok()) << batch.status();
  ASSERT_EQ(batch->records_size(), 2);
  EXPECT_EQ(batch->records(0).seq_num(), 2u);
  EXPECT_TRUE(IsCommand(batch->records(1)));
  EXPECT_EQ(*Tail(), 4u);
}

TEST_F(AppendTest, ATrimBeyondTheTailStopsBehindItself) {
  ASSERT_TRUE(Append({"a"}).ok());
  ASSERT_TRUE(Append(Input(MakeTrimRecord(1000))).ok());
  const auto trimmed = Read(From(0));
  ASSERT_TRUE(trimmed.ok()) << trimmed.status();
  EXPECT_EQ(trimmed->records_size(), 0);
  ASSERT_TRUE(Append({"b"}).ok());
  EXPECT_THAT(Bodies(*Read(From(0))), ElementsAre("b"));
}

TEST_F(AppendTest, ATrimNeverMovesBack) {
  ASSERT_TRUE(Append({"a", "b", "c"}).ok());
  ASSERT_TRUE(Append(Input(MakeTrimRecord(2))).ok());
  ASSERT_TRUE(Append(Input(MakeTrimRecord(1))).ok());
  EXPECT_EQ(Read(From(0))->records(0).seq_num(), 2u);
}

TEST_F(AppendTest, AClientTimestampIsKeptUnlessItIsInTheFutureOrGoesBack) {
  const uint64_t now = NowMillis();
  EXPECT_EQ(Append(At(now - 100))->end().timestamp(), now - 100);
  EXPECT_EQ(Append(At(now - 200))->end().timestamp(), now - 100);
  EXPECT_EQ(Append(At(now + 100))->end().timestamp(), now);
  EXPECT_EQ(Append({"x"})->end().timestamp(), now);
}

TEST_F(AppendTest, AnUncappedFutureTimestampIsKeptAndPinsThoseBehindIt) {
  ASSERT_EQ(CreateStream("uncapped", Timestamping(rpc::v1::TIMESTAMPING_MODE_CLIENT_PREFER, true)),
            absl::OkStatus());
  const uint64_t future = NowMillis() + 1000000;
  EXPECT_EQ(Append(At(future), "uncapped")->end().timestamp(), future);
  EXPECT_EQ(Append(Input({"x"}), "uncapped")->end().timestamp(), future);
}

TEST_F(AppendTest, ClientRequireRefusesABatchWithARecordWithoutTimestamp) {
  ASSERT_EQ(CreateStream("require", Timestamping(rpc::v1::TIMESTAMPING_MODE_CLIENT_REQUIRE, false)),
            absl::OkStatus());
  v1::AppendInput input = At(5);
  input.add_records()->set_body("no timestamp");
  EXPECT_THAT(Append(input, "require").status(), HasCode(ErrorCode::kInvalid));
  EXPECT_EQ(*Tail("require"), 0u);
  EXPECT_TRUE(Append(At(5), "require").ok());
}

TEST_F(AppendTest, ArrivalIgnoresTheClientsTimestamp) {
  ASSERT_EQ(CreateStream("arrival", Timestamping(rpc::v1::TIMESTAMPING_MODE_ARRIVAL, true)),
            absl::OkStatus());
  EXPECT_EQ(Append(At(5), "arrival")->end().timestamp(), NowMillis());
}

TEST_F(AppendTest, RecordsOutliveTheirRetentionByLittle) {
  rpc::v1::StreamConfig config;
  config.mutable_retention_policy()->set_age(64);
  ASSERT_EQ(CreateStream("short", config), absl::OkStatus());
  ASSERT_TRUE(Append(Input({"a"}), "short").ok());
  clock_->Advance(absl::Seconds(60));
  ASSERT_TRUE(Append(Input({"b"}), "short").ok());
  clock_->Advance(absl::Seconds(6));
  CallContext context(kBasin, "short");
  v1::ReadBatch batch;
  ASSERT_EQ(FromGrpc(streams_->Read(&context, From(0), &batch)), absl::OkStatus());
  EXPECT_THAT(Bodies(batch), ElementsAre("b"));
  EXPECT_EQ(*Tail("short"), 2u);
}

TEST_F(AppendTest, NamesInTheMetadataAreChecked) {
  EXPECT_THAT(Append(Input({"x"}), kEncodedStream, "").status(), HasCode(ErrorCode::kBadHeader));
  EXPECT_THAT(Append(Input({"x"}), kEncodedStream, "short").status(),
              HasCode(ErrorCode::kBadHeader));
  EXPECT_THAT(Append(Input({"x"}), "").status(), HasCode(ErrorCode::kBadPath));
  EXPECT_THAT(Append(Input({"x"}), "%2").status(), HasCode(ErrorCode::kBadPath));
  EXPECT_THAT(Append(Input({"x"}), "%2E%2E").status(), HasCode(ErrorCode::kBadPath));
  EXPECT_THAT(Append(Input({"x"}), "%FF").status(), HasCode(ErrorCode::kBadPath));
  EXPECT_THAT(Append(Input({"x"}), kEncodedStream, "basin-two").status(),
              HasCode(ErrorCode::kBasinNotFound));
  EXPECT_THAT(Append(Input({"x"}), "missing").status(), HasCode(ErrorCode::kStreamNotFound));
}

}  // namespace
}  // namespace s2
