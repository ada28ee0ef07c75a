// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/message/frame_assembler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "s2/message/framing.h"
#include "s2/message/internal/u64.h"
#include "s2/retry/error.h"
#include "s2/testing/matchers.h"

namespace s2 {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FrameAssemblerTest : public ::testing::Test {
 protected:
  // Pushes a record; the message it completed goes into messages_.
  absl::Status Push(const v1::AppendRecord& record) {
    v1::SequencedRecord sequenced;
    sequenced.set_seq_num(seq_num_++);
    sequenced.set_timestamp(1000 + sequenced.seq_num());
    *sequenced.mutable_headers() = record.headers();
    sequenced.set_body(record.body());
    absl::StatusOr<std::optional<Frame>> frame = assembler_.Push(sequenced);
    if (!frame.ok()) return frame.status();
    if (!frame->has_value()) return absl::OkStatus();
    last_ = **frame;
    messages_.push_back(last_.message);
    return absl::OkStatus();
  }
  // Pushes parts [begin, end) of a message in parts of 4 bytes.
  void PushParts(const std::string& message, size_t begin = 0, size_t end = 100) {
    FramingOptions options;
    options.max_part_bytes = 4;
    const std::vector<v1::AppendRecord> records = *FrameMessage(message, options);
    for (size_t i = begin; i < std::min(end, records.size()); ++i) {
      EXPECT_TRUE(Push(records[i]).ok());
    }
  }
  static v1::AppendRecord Head(uint64_t records, uint64_t bytes, const std::string& body) {
    v1::AppendRecord record;
    record.set_body(body);
    const auto add = [&](const char* name, uint64_t number) {
      v1::Header* const header = record.add_headers();
      header->set_name(name);
      header->set_value(internal::EncodeU64(number));
    };
    add(kFrameRecordsHeader, records);
    add(kFrameBytesHeader, bytes);
    return record;
  }
  static v1::AppendRecord Body(const std::string& body) {
    v1::AppendRecord record;
    record.set_body(body);
    return record;
  }

  std::vector<std::string> messages_;
  Frame last_;
  std::vector<std::string> dropped_;
  uint64_t seq_num_ = 0;
  FrameAssembler assembler_{1000, [this](const DroppedMessage& dropped) {
                              dropped_.push_back(std::to_string(dropped.seq_num) + ".." +
                                                 std::to_string(dropped.end_seq_num) + ": " +
                                                 dropped.reason);
                            }};
};

TEST_F(FrameAssemblerTest, PutsPartsTogether) {
  PushParts("one");
  PushParts("0123456789");
  EXPECT_THAT(messages_, ElementsAre("one", "0123456789"));
  EXPECT_EQ(last_.seq_num, 1u);
  EXPECT_EQ(last_.end_seq_num, 4u);
  EXPECT_EQ(last_.timestamp, 1003u);
  EXPECT_THAT(dropped_, IsEmpty());
}

TEST_F(FrameAssemblerTest, PassesOverRecordsOutsideOfMessages) {
  EXPECT_TRUE(Push(Body("foreign")).ok());
  PushParts("one");
  EXPECT_TRUE(Push(Body("foreign")).ok());
  PushParts("0123456789", 1);
  EXPECT_THAT(messages_, ElementsAre("one"));
  EXPECT_THAT(dropped_, IsEmpty());
}

TEST_F(FrameAssemblerTest, DropsWhatIsCutShortByAnotherMessage) {
  PushParts("0123456789", 0, 2);
  PushParts("one");
  EXPECT_THAT(messages_, ElementsAre("one"));
  EXPECT_THAT(dropped_, ElementsAre("0..2: another message begins before its last part"));
}

TEST_F(FrameAssemblerTest, DropsWhatIsLongerOrShorterThanDeclared) {
  EXPECT_TRUE(Push(Head(2, 8, "0123")).ok());
  EXPECT_TRUE(Push(Body("45678")).ok());
  EXPECT_TRUE(Push(Head(2, 8, "0123")).ok());
  EXPECT_TRUE(Push(Body("456")).ok());
  EXPECT_TRUE(Push(Head(1, 8, "0123")).ok());
  PushParts("one");
  EXPECT_THAT(messages_, ElementsAre("one"));
  EXPECT_THAT(dropped_, ElementsAre("0..2: its parts are longer than it declares",
                                    "2..4: its parts are shorter than it declares",
                                    "4..5: its parts are shorter than it declares"));
}

TEST_F(FrameAssemblerTest, DropsWhatDeclaresNoRecords) {
  EXPECT_TRUE(Push(Head(0, 8, "0123")).ok());
  EXPECT_TRUE(Push(Body("4567")).ok());
  EXPECT_THAT(messages_, IsEmpty());
  EXPECT_THAT(dropped_, ElementsAre("0..1: it declares no records"));
}

TEST_F(FrameAssemblerTest, TakesEmptyParts) {
  EXPECT_TRUE(Push(Head(3, 2, "")).ok());
  EXPECT_TRUE(Push(Body("ab")).ok());
  EXPECT_TRUE(Push(Body("")).ok());
  EXPECT_THAT(messages_, ElementsAre("ab"));
}

TEST_F(FrameAssemblerTest, RefusesASizeOutOfRangeBeforeItHoldsAnything) {
  PushParts("0123456789", 0, 1);
  for (const uint64_t bytes : {uint64_t{0}, uint64_t{1001}, ~uint64_t{0}}) {
    const absl::Status status = Push(Head(2, bytes, "0123"));
    EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid);
    EXPECT_THAT(status.message(), HasSubstr(" bytes: 1 to 1000"));
    EXPECT_TRUE(Push(Body("passed over")).ok());
  }
  EXPECT_THAT(dropped_, ElementsAre("0..1: another message begins before its last part"));
  EXPECT_THAT(messages_, IsEmpty());
}

TEST_F(FrameAssemblerTest, RefusesAHeaderThatIsNoNumber) {
  PushParts("0123456789", 0, 1);
  v1::AppendRecord record = Head(1, 4, "0123");
  record.mutable_headers(1)->set_value("four");
  const absl::Status status = Push(record);
  EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid);
  EXPECT_THAT(status.message(), HasSubstr("_frame_bytes of record 1 has 4 bytes: it must have 8"));
  EXPECT_THAT(dropped_, ::testing::SizeIs(1));
  PushParts("one");
  EXPECT_THAT(messages_, ElementsAre("one"));
}

TEST_F(FrameAssemblerTest, OneOfBothHeadersIsNoMessage) {
  v1::AppendRecord record = Head(1, 4, "0123");
  record.mutable_headers()->RemoveLast();
  EXPECT_TRUE(Push(record).ok());
  EXPECT_THAT(messages_, IsEmpty());
  EXPECT_THAT(dropped_, IsEmpty());
}

TEST_F(FrameAssemblerTest, DropsWhatIsOpenOnce) {
  assembler_.DropOpen("nothing is open");
  PushParts("0123456789", 0, 2);
  assembler_.DropOpen("because");
  assembler_.DropOpen("because");
  PushParts("0123456789", 2);
  EXPECT_THAT(dropped_, ElementsAre("0..2: because"));
  EXPECT_THAT(messages_, IsEmpty());
}

// Whatever is lost or doubled of a stream of messages, what is delivered was written, and in order.
TEST_F(FrameAssemblerTest, DeliversOnlyWhatWasWritten) {
  FramingOptions options;
  options.max_part_bytes = 3;
  std::mt19937 random(1);
  std::vector<v1::AppendRecord> records;
  for (int i = 0; i < 500; ++i) {
    std::string message = std::to_string(i) + "/";
    message.append(random() % 12, static_cast<char>('a' + i % 26));
    const std::vector<v1::AppendRecord> parts = *FrameMessage(message, options);
    records.insert(records.end(), parts.begin(), parts.end());
  }
  for (const v1::AppendRecord& record : records) {
    if (random() % 20 == 0) continue;
    ASSERT_TRUE(Push(record).ok());
  }
  ASSERT_GT(messages_.size(), 300u);
  int last = -1;
  for (const std::string& message : messages_) {
    const int i = std::stoi(message);
    ASSERT_GT(i, last);
    last = i;
  }
  EXPECT_GT(dropped_.size(), 20u);
}

}  // namespace
}  // namespace s2
