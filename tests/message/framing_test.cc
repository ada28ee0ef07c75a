// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/message/framing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "s2/record/record.h"
#include "s2/testing/matchers.h"

namespace s2 {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(Framing, AShortMessageIsOneRecordWithBothHeaders) {
  const auto records = FrameMessage("hello");
  ASSERT_TRUE(records.ok());
  ASSERT_THAT(*records, SizeIs(1));
  const v1::AppendRecord& record = records->front();
  ASSERT_EQ(record.headers_size(), 2);
  EXPECT_EQ(record.headers(0).name(), "_frame_records");
  EXPECT_EQ(record.headers(0).value(), std::string("\0\0\0\0\0\0\0\1", 8));
  EXPECT_EQ(record.headers(1).name(), "_frame_bytes");
  EXPECT_EQ(record.headers(1).value(), std::string("\0\0\0\0\0\0\0\5", 8));
  EXPECT_EQ(record.body(), "hello");
}

TEST(Framing, ALongMessageIsCutIntoParts) {
  FramingOptions options;
  options.max_part_bytes = 4;
  const auto records = FrameMessage("0123456789", options);
  ASSERT_TRUE(records.ok());
  ASSERT_THAT(*records, SizeIs(3));
  EXPECT_EQ((*records)[0].headers_size(), 2);
  EXPECT_EQ((*records)[0].body(), "0123");
  EXPECT_EQ((*records)[1].headers_size(), 0);
  EXPECT_EQ((*records)[1].body(), "4567");
  EXPECT_EQ((*records)[2].body(), "89");
}

TEST(Framing, TheLongestPartWithAllHeadersIsTheLargestRecord) {
  auto records = *FrameMessage(std::string(kMaxPartBytes, 'x'));
  ASSERT_THAT(records, SizeIs(1));
  v1::AppendRecord& record = records.front();
  record.add_headers()->set_name(kDedupeSeqHeader);
  record.mutable_headers(2)->set_value(std::string(8, 'n'));
  record.add_headers()->set_name(kWriterIdHeader);
  record.mutable_headers(3)->set_value(std::string(12, 'w'));
  EXPECT_EQ(MeteredBytes(record), kMaxBatchBytes);
}

TEST(Framing, RefusesWhatHasNoSize) {
  FramingOptions options;
  options.max_message_bytes = 10;
  EXPECT_THAT(FrameMessage(std::string(10, 'x'), options), testing::IsOk());
  const absl::Status empty = FrameMessage("", options).status();
  EXPECT_EQ(GetErrorCode(empty), ErrorCode::kInvalid);
  EXPECT_THAT(empty.message(), HasSubstr("size is 0: 1 to 10"));
  EXPECT_THAT(FrameMessage(std::string(11, 'x'), options).status().message(),
              HasSubstr("size is 11: 1 to 10"));
}

TEST(Framing, ValidatesItsOptions) {
  FramingOptions options;
  EXPECT_TRUE(Validate(options).ok());
  options.max_part_bytes = kMaxPartBytes + 1;
  EXPECT_THAT(Validate(options).message(), HasSubstr("max_part_bytes is 1048478: 1 to 1048477"));
  options.max_part_bytes = 0;
  EXPECT_THAT(Validate(options).message(), HasSubstr("max_part_bytes is 0"));
  options.max_part_bytes = 1;
  options.max_message_bytes = 0;
  EXPECT_THAT(Validate(options).message(), HasSubstr("max_message_bytes is 0: 1 to 104857600"));
}

}  // namespace
}  // namespace s2
