// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/record/record.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace s2 {
namespace {

v1::SequencedRecord Sequenced(const v1::AppendRecord& record) {
  v1::SequencedRecord result;
  result.set_seq_num(std::numeric_limits<uint64_t>::max());
  result.set_timestamp(std::numeric_limits<uint64_t>::max());
  *result.mutable_headers() = record.headers();
  result.set_body(record.body());
  return result;
}

TEST(MeteredBytesTest, AnEmptyRecordCountsEight) { EXPECT_EQ(MeteredBytes(MakeRecord("")), 8); }

TEST(MeteredBytesTest, ABodyCountsItsBytes) {
  EXPECT_EQ(MeteredBytes(MakeRecord(std::string(100, '\0'))), 108);
}

TEST(MeteredBytesTest, AHeaderCountsTwoAndItsNameAndItsValue) {
  EXPECT_EQ(MeteredBytes(MakeRecord({{"name", "value"}}, "")), 8 + 2 + 4 + 5);
  EXPECT_EQ(MeteredBytes(MakeRecord({{"n", ""}, {"n", "v"}}, "b")), 8 + 2 + 1 + 2 + 1 + 1 + 1);
}

TEST(MeteredBytesTest, PositionAndTimestampCountNothing) {
  v1::AppendRecord record = MakeRecord({{"n", "v"}}, "body");
  const size_t bytes = MeteredBytes(record);
  record.set_timestamp(std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(MeteredBytes(record), bytes);
  EXPECT_EQ(MeteredBytes(Sequenced(record)), bytes);
}

TEST(MeteredBytesTest, ABatchCountsTheSumOfItsRecords) {
  const v1::AppendRecord one = MakeRecord({{"n", "v"}}, "body");
  const v1::AppendRecord two = MakeRecord("");
  v1::AppendInput input = MakeInput({one, two});
  input.set_fencing_token("token");
  input.set_match_seq_num(7);
  EXPECT_EQ(MeteredBytes(input), MeteredBytes(one) + MeteredBytes(two));

  v1::ReadBatch batch;
  *batch.add_records() = Sequenced(one);
  *batch.add_records() = Sequenced(two);
  batch.mutable_tail()->set_seq_num(2);
  EXPECT_EQ(MeteredBytes(batch), MeteredBytes(input));

  EXPECT_EQ(MeteredBytes(v1::AppendInput()), 0);
  EXPECT_EQ(MeteredBytes(v1::ReadBatch()), 0);
}

TEST(RecordTest, HeadersKeepTheirOrderAndTheirBytes) {
  const v1::AppendRecord record =
      MakeRecord({{"b", absl::string_view("\0\xff", 2)}, {"a", ""}, {"b", "2"}}, "body");
  ASSERT_EQ(record.headers_size(), 3);
  EXPECT_EQ(record.headers(0).name(), "b");
  EXPECT_EQ(record.headers(0).value(), std::string("\0\xff", 2));
  EXPECT_EQ(record.headers(1).name(), "a");
  EXPECT_EQ(record.headers(1).value(), "");
  EXPECT_EQ(record.headers(2).value(), "2");
  EXPECT_EQ(record.body(), "body");
  EXPECT_FALSE(record.has_timestamp());
}

TEST(RecordTest, AnInputHasTheRecordsInOrderAndNoConditions) {
  const v1::AppendInput input = MakeInput({MakeRecord("1"), MakeRecord("2")});
  ASSERT_EQ(input.records_size(), 2);
  EXPECT_EQ(input.records(0).body(), "1");
  EXPECT_EQ(input.records(1).body(), "2");
  EXPECT_FALSE(input.has_match_seq_num());
  EXPECT_FALSE(input.has_fencing_token());
}

TEST(CommandTest, AFenceRecordHoldsTheToken) {
  const v1::AppendRecord record = MakeFenceRecord("token");
  ASSERT_EQ(record.headers_size(), 1);
  EXPECT_EQ(record.headers(0).name(), "");
  EXPECT_EQ(record.headers(0).value(), "fence");
  EXPECT_EQ(record.body(), "token");
  EXPECT_EQ(MeteredBytes(record), 8 + 2 + 5 + 5);
  EXPECT_EQ(MakeFenceRecord("").body(), "");
}

TEST(CommandTest, ATrimRecordHoldsTheNumberBigEndian) {
  const v1::AppendRecord record = MakeTrimRecord(0x0102030405060708);
  ASSERT_EQ(record.headers_size(), 1);
  EXPECT_EQ(record.headers(0).name(), "");
  EXPECT_EQ(record.headers(0).value(), "trim");
  EXPECT_EQ(record.body(), "\x01\x02\x03\x04\x05\x06\x07\x08");
  EXPECT_EQ(MeteredBytes(record), 8 + 2 + 4 + 8);
  EXPECT_EQ(MakeTrimRecord(0).body(), std::string(8, '\0'));
  EXPECT_EQ(MakeTrimRecord(std::numeric_limits<uint64_t>::max()).body(), std::string(8, '\xff'));
}

TEST(CommandTest, IsOneHeaderWithAnEmptyName) {
  const std::pair<v1::AppendRecord, bool> kExpected[] = {
      {MakeFenceRecord("t"), true},
      {MakeTrimRecord(1), true},
      {MakeRecord({{"", "unknown"}}, ""), true},
      {MakeRecord("fence"), false},
      {MakeRecord({{"fence", ""}}, "t"), false},
      {MakeRecord({{"", "fence"}, {"", "fence"}}, "t"), false},
      {MakeRecord({{"", "fence"}, {"n", "v"}}, "t"), false},
  };
  for (const auto& [record, is_command] : kExpected) {
    EXPECT_EQ(IsCommand(record), is_command) << record.ShortDebugString();
    EXPECT_EQ(IsCommand(Sequenced(record)), is_command) << record.ShortDebugString();
  }
}

}  // namespace
}  // namespace s2
