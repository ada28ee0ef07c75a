// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "s2/message/dedupe_filter.h"
#include "s2/message/dedupe_stamp.h"
#include "s2/message/framing.h"
#include "s2/message/internal/u64.h"
#include "s2/record/record.h"
#include "s2/testing/matchers.h"

namespace s2 {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

// A record with these values of the two headers; empty: without it.
v1::SequencedRecord Numbered(const std::string& number, const std::string& writer) {
  v1::SequencedRecord record;
  record.set_seq_num(3);
  const auto add = [&](const char* name, const std::string& value) {
    if (value.empty()) return;
    record.add_headers()->set_name(name);
    record.mutable_headers(record.headers_size() - 1)->set_value(value);
  };
  add(kDedupeSeqHeader, number);
  add(kWriterIdHeader, writer);
  return record;
}

v1::SequencedRecord Numbered(uint64_t number, const std::string& writer) {
  return Numbered(internal::EncodeU64(number), writer);
}

TEST(DedupeStamp, NumbersRecordsBehindTheirOwnHeaders) {
  DedupeStamp stamp(41);
  std::vector<v1::AppendRecord> records = {MakeRecord({{"mine", "x"}}, "a"), MakeRecord("b")};
  ASSERT_TRUE(stamp.Stamp(records).ok());
  EXPECT_EQ(stamp.next(), 43u);
  ASSERT_EQ(records[0].headers_size(), 3);
  EXPECT_EQ(records[0].headers(0).name(), "mine");
  EXPECT_EQ(records[0].headers(1).name(), "_dedupe_seq");
  EXPECT_EQ(records[0].headers(1).value(), std::string("\0\0\0\0\0\0\0\x29", 8));
  EXPECT_EQ(records[0].headers(2).name(), "_writer_id");
  EXPECT_EQ(records[0].headers(2).value(), stamp.writer_id());
  EXPECT_EQ(records[1].headers(0).value(), std::string("\0\0\0\0\0\0\0\x2a", 8));
}

TEST(DedupeStamp, EachHasANameOfItsOwn) {
  const std::string a = DedupeStamp(0).writer_id();
  const std::string b = DedupeStamp(0).writer_id();
  EXPECT_NE(a, b);
  EXPECT_THAT(a, MatchesRegex("[A-Za-z0-9_-]*"));
  EXPECT_EQ(a.size(), 12u);
}

TEST(DedupeStamp, RefusesReservedHeadersAndChangesNothing) {
  for (const char* name : {"_dedupe_seq", "_writer_id"}) {
    DedupeStamp stamp(0);
    std::vector<v1::AppendRecord> records = {MakeRecord("a"), MakeRecord({{name, "x"}}, "b")};
    const absl::Status status = stamp.Stamp(records);
    EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid);
    EXPECT_THAT(status.message(), HasSubstr("records[1] brings header " + std::string(name)));
    EXPECT_EQ(records[0].headers_size(), 0);
    EXPECT_EQ(stamp.next(), 0u);
  }
}

TEST(DedupeFilter, TakesGreaterNumbersOfAWriterOnly) {
  DedupeFilter filter;
  EXPECT_TRUE(*filter.Accepts(Numbered(0, "w")));
  EXPECT_FALSE(*filter.Accepts(Numbered(0, "w")));
  EXPECT_TRUE(*filter.Accepts(Numbered(5, "w"))) << "numbers may be left out";
  EXPECT_FALSE(*filter.Accepts(Numbered(4, "w")));
  EXPECT_FALSE(*filter.Accepts(Numbered(5, "w")));
  EXPECT_TRUE(*filter.Accepts(Numbered(~0ull, "w")));
  EXPECT_FALSE(*filter.Accepts(Numbered(~0ull, "w")));
}

TEST(DedupeFilter, StartsAnewWithEachWriter) {
  DedupeFilter filter;
  EXPECT_TRUE(*filter.Accepts(Numbered(7, "w")));
  EXPECT_TRUE(*filter.Accepts(Numbered(0, "v")));
  EXPECT_FALSE(*filter.Accepts(Numbered(0, "v")));
  EXPECT_TRUE(*filter.Accepts(Numbered(3, ""))) << "a writer without a name";
  EXPECT_FALSE(*filter.Accepts(Numbered(3, "")));
  EXPECT_FALSE(*filter.Accepts(Numbered(3, "__legacy__"))) << "which is its name";
}

TEST(DedupeFilter, TakesWhatHasNoNumber) {
  DedupeFilter filter;
  EXPECT_TRUE(*filter.Accepts(Numbered(7, "w")));
  EXPECT_TRUE(*filter.Accepts(Numbered("", "w")));
  EXPECT_TRUE(*filter.Accepts(Numbered("", "")));
  EXPECT_FALSE(*filter.Accepts(Numbered(7, "w"))) << "that did not begin anew";
}

TEST(DedupeFilter, RefusesWhatIsNoNumber) {
  DedupeFilter filter;
  const absl::Status status = filter.Accepts(Numbered("seven", "w")).status();
  EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid);
  EXPECT_THAT(status.message(), HasSubstr("_dedupe_seq of record 3 has 5 bytes: it must have 8"));
}

}  // namespace
}  // namespace s2
