// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/message/message_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "s2/message/dedupe_stamp.h"
#include "s2/record/record.h"
#include "s2/testing/matchers.h"
#include "s2/tests/message/scripted_reader.h"

namespace s2 {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Reads;

// Reads decimal numbers.
struct Decimal {
  static absl::StatusOr<std::string> Encode(int number) { return std::to_string(number); }
  static absl::StatusOr<int> Decode(const std::string& bytes) {
    if (bytes.find_first_not_of("0123456789") != std::string::npos) {
      return MakeError(ErrorCode::kInvalid, bytes + " is no number");
    }
    return std::stoi(bytes);
  }
};

// A batch of these records, from this position on.
ReadResult Batch(uint64_t first, const std::vector<v1::AppendRecord>& records) {
  ReadResult result;
  for (const v1::AppendRecord& record : records) {
    v1::SequencedRecord* const sequenced = result.batch.add_records();
    sequenced->set_seq_num(first++);
    sequenced->set_timestamp(10 * sequenced->seq_num());
    *sequenced->mutable_headers() = record.headers();
    sequenced->set_body(record.body());
  }
  return result;
}

// The records of a message, in parts of two bytes.
std::vector<v1::AppendRecord> Parts(const std::string& message) {
  FramingOptions options;
  options.max_part_bytes = 2;
  return *FrameMessage(message, options);
}

template <typename... Steps>
std::vector<absl::StatusOr<ReadResult>> Script(Steps... steps) {
  std::vector<absl::StatusOr<ReadResult>> script;
  (script.emplace_back(std::move(steps)), ...);
  return script;
}

class MessageReaderTest : public ::testing::Test {
 protected:
  MessageReader<int, Decimal> Reader(std::vector<absl::StatusOr<ReadResult>> script,
                                     MessageReaderOptions options = {}) {
    options.on_dropped = [this](const DroppedMessage& dropped) {
      dropped_.push_back(dropped.reason);
    };
    return *MessageReader<int, Decimal>::Make(Reads(std::move(script)), options);
  }

  std::vector<std::string> dropped_;
};

TEST_F(MessageReaderTest, ReadsAMessageOverBatches) {
  const std::vector<v1::AppendRecord> parts = Parts("12345");
  auto reader = Reader(Script(Batch(5, {parts[0], parts[1]}), Batch(7, {parts[2]})));
  const auto next = reader.Next();
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(next->value, 12345);
  EXPECT_EQ(next->seq_num, 5u);
  EXPECT_EQ(next->end_seq_num, 8u);
  EXPECT_EQ(next->timestamp, 70u);
  EXPECT_FALSE(next->end);
  EXPECT_TRUE(reader.Next()->end);
  EXPECT_TRUE(reader.Next()->end) << "and it stays";
  EXPECT_EQ(reader.Stats().messages, 1u);
}

TEST_F(MessageReaderTest, LoopsToTheEnd) {
  auto reader = Reader(Script(Batch(0, Parts("1")), Batch(1, Parts("22")), Batch(2, Parts("3"))));
  std::vector<int> values;
  for (const Message<int>& message : reader) values.push_back(message.value);
  EXPECT_THAT(values, ElementsAre(1, 22, 3));
  EXPECT_TRUE(reader.status().ok());
}

TEST_F(MessageReaderTest, ALoopEndsWithTheSessionsError) {
  auto reader = Reader(Script(Batch(0, Parts("1")), absl::AbortedError("gone")));
  for (const Message<int>& message : reader) EXPECT_EQ(message.value, 1);
  EXPECT_EQ(reader.status(), absl::AbortedError("gone"));
}

TEST_F(MessageReaderTest, GoesOnAfterADeadline) {
  const std::vector<v1::AppendRecord> parts = Parts("1234");
  auto reader = Reader(
      Script(Batch(0, {parts[0]}), absl::DeadlineExceededError("late"), Batch(1, {parts[1]})));
  EXPECT_EQ(reader.Next().status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(reader.Next()->value, 1234);
}

TEST_F(MessageReaderTest, GoesOnBehindAMessageThatCannotBeRead) {
  MessageReaderOptions options;
  options.max_message_bytes = 4;
  auto reader = Reader(Script(Batch(0, Parts("1")), Batch(1, Parts("x")), Batch(2, Parts("12345")),
                              Batch(5, Parts("2"))),
                       options);
  EXPECT_EQ(reader.Next()->value, 1);
  EXPECT_THAT(reader.Next().status().message(),
              HasSubstr("the message at record 1: x is no number"));
  const absl::Status too_long = reader.Next().status();
  EXPECT_EQ(GetErrorCode(too_long), ErrorCode::kInvalid);
  EXPECT_THAT(too_long.message(),
              HasSubstr("the message that begins at record 2 has 5 bytes: 1 to 4"));
  EXPECT_EQ(reader.Next()->value, 2);
  EXPECT_TRUE(reader.Next()->end);
}

TEST_F(MessageReaderTest, TellsWhatATrimTookAway) {
  const std::vector<v1::AppendRecord> parts = Parts("123456");
  ReadResult behind = Batch(9, Parts("7"));
  behind.skipped = SeqNumRange{1, 9};
  auto reader = Reader(Script(Batch(0, {parts[0]}), std::move(behind)));
  EXPECT_EQ(reader.Next()->value, 7);
  EXPECT_THAT(dropped_, ElementsAre("records 1 to 9 were trimmed"));
  EXPECT_EQ(reader.Stats().dropped, 1u);
}

TEST_F(MessageReaderTest, TellsWhatTheEndCutsOff) {
  auto reader = Reader(Script(Batch(0, {Parts("1234")[0]})));
  EXPECT_TRUE(reader.Next()->end);
  EXPECT_THAT(dropped_, ElementsAre("the read ends before its last part"));
}

TEST_F(MessageReaderTest, PassesOverCommandsWithinAMessage) {
  const std::vector<v1::AppendRecord> parts = Parts("1234");
  auto reader = Reader(Script(Batch(0, {parts[0], MakeFenceRecord("token"), parts[1]})));
  EXPECT_EQ(reader.Next()->value, 1234);
}

TEST_F(MessageReaderTest, DropsDuplicatesUnlessToldNotTo) {
  DedupeStamp stamp(0);
  std::vector<v1::AppendRecord> parts = Parts("1234");
  ASSERT_TRUE(stamp.Stamp(parts).ok());
  const auto script = [&] {
    return Script(Batch(0, {parts[0], parts[0], parts[1]}), Batch(3, {parts[0], parts[1]}));
  };
  auto reader = Reader(script());
  EXPECT_EQ(reader.Next()->value, 1234);
  EXPECT_TRUE(reader.Next()->end);
  EXPECT_EQ(reader.Stats().duplicates, 3u);

  MessageReaderOptions options;
  options.drop_duplicates = false;
  auto another = Reader(script(), options);
  EXPECT_EQ(another.Next()->value, 1234);
  EXPECT_EQ(another.Next()->value, 1234);
  EXPECT_TRUE(another.Next()->end);
  EXPECT_THAT(dropped_, ElementsAre("another message begins before its last part"));
}

TEST_F(MessageReaderTest, ANumberThatIsNoneIsAnErrorOfOneRecord) {
  v1::AppendRecord record = Parts("1")[0];
  record.add_headers()->set_name(kDedupeSeqHeader);
  record.mutable_headers(2)->set_value("x");
  auto reader = Reader(Script(Batch(4, {record}), Batch(5, Parts("2"))));
  EXPECT_THAT(reader.Next().status().message(), HasSubstr("_dedupe_seq of record 4 has 1 bytes"));
  EXPECT_EQ(reader.Next()->value, 2);
}

TEST_F(MessageReaderTest, ValidatesItsOptions) {
  MessageReaderOptions options;
  options.max_message_bytes = kMaxMessageBytes + 1;
  const absl::Status status = MessageReader<int, Decimal>::Make(Reads({}), options).status();
  EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid);
  EXPECT_THAT(status.message(), HasSubstr("max_message_bytes is 104857601: 1 to 104857600"));
}

}  // namespace
}  // namespace s2
