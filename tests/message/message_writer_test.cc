// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/message/message_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "s2/connect/connect.h"
#include "s2/message/message_reader.h"
#include "s2/record/record.h"
#include "s2/testing/answers.h"
#include "s2/testing/matchers.h"
#include "s2/testing/mock_append_session.h"
#include "s2/testing/tickets.h"

namespace s2 {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::MakeAck;
using testing::MakeAppendError;
using testing::MockAppendSession;
using ::testing::NiceMock;
using testing::TicketSource;

// A writer on a session that keeps the batches, and whose tickets the test resolves.
class MessageWriterTest : public ::testing::Test {
 protected:
  MessageWriter<std::string> Writer(const MessageWriterOptions& options = {}) {
    auto session = std::make_unique<NiceMock<MockAppendSession>>();
    ON_CALL(*session, Submit).WillByDefault([this](const MockAppendSession::SubmitParams& params) {
      return Submit(params);
    });
    return *MessageWriter<std::string>::Make(AppendSession(std::move(session)), options);
  }
  absl::StatusOr<AppendTicket> Submit(const MockAppendSession::SubmitParams& params) {
    deadlines_.push_back(params.deadline);
    if (batches_.size() == full_) return absl::DeadlineExceededError("no room");
    batches_.push_back(std::move(params.input));
    return tickets_.emplace_back().ticket();
  }
  std::vector<int> BatchSizes() const {
    std::vector<int> sizes;
    for (const v1::AppendInput& batch : batches_) sizes.push_back(batch.records_size());
    return sizes;
  }

  size_t full_ = 1000;  // batches that there is room for
  std::vector<v1::AppendInput> batches_;
  std::vector<TicketSource> tickets_;
  std::vector<absl::Time> deadlines_;
};

TEST_F(MessageWriterTest, AShortMessageIsOneBatch) {
  auto writer = Writer();
  const auto ticket = writer.Write("hello");
  ASSERT_TRUE(ticket.ok());
  EXPECT_THAT(BatchSizes(), ElementsAre(1));
  EXPECT_FALSE(ticket->done());
  EXPECT_FALSE(ticket->WaitUntil(absl::InfinitePast()));
  tickets_[0].Resolve(MakeAck(7, 8));
  EXPECT_EQ(ticket->Wait()->begin, 7u);
  EXPECT_EQ(ticket->Wait()->end, 8u);
}

TEST_F(MessageWriterTest, FillsBatchesWithPartsAndNumbersThemThrough) {
  MessageWriterOptions options;
  options.framing.max_part_bytes = 1;
  options.first_dedupe_seq = 0;
  auto writer = Writer(options);
  const auto ticket = writer.Write(std::string(2001, 'x'));
  ASSERT_TRUE(ticket.ok());
  EXPECT_THAT(BatchSizes(), ElementsAre(1000, 1000, 1));
  EXPECT_EQ(batches_[2].records(0).headers(0).value(), std::string("\0\0\0\0\0\0\x7\xd0", 8));
  ASSERT_TRUE(writer.Write("y").ok());
  EXPECT_EQ(batches_[3].records(0).headers(2).value(), std::string("\0\0\0\0\0\0\x7\xd1", 8));

  absl::Notification done;
  ticket->OnDone([&](const absl::StatusOr<SeqNumRange>& range) {
    EXPECT_EQ(range->begin, 10u);
    EXPECT_EQ(range->end, 2021u);
    done.Notify();
  });
  tickets_[0].Resolve(MakeAck(10, 1010));
  tickets_[1].Resolve(MakeAck(1020, 2020));
  EXPECT_FALSE(ticket->done());
  tickets_[2].Resolve(MakeAck(2020, 2021));
  done.WaitForNotification();
}

TEST_F(MessageWriterTest, ABatchWithPartsOfTheLargestSizeIsWithinLimits) {
  auto writer = Writer();
  ASSERT_TRUE(writer.Write(std::string(2 * kMaxPartBytes + 1, 'x')).ok());
  EXPECT_THAT(BatchSizes(), ElementsAre(1, 2));
  for (const v1::AppendInput& batch : batches_) EXPECT_LE(MeteredBytes(batch), kMaxBatchBytes);
}

TEST_F(MessageWriterTest, AFailedMessageCarriesTheVerdictOfItsLastBatch) {
  MessageWriterOptions options;
  options.framing.max_part_bytes = 1;
  auto writer = Writer(options);
  const auto ticket = writer.Write(std::string(1001, 'x'));
  tickets_[0].Resolve(MakeAck(0, 1000));
  tickets_[1].Resolve(MakeAppendError(ErrorCode::kSessionClosed, false));
  const absl::Status status = ticket->Wait().status();
  EXPECT_EQ(GetErrorCode(status), ErrorCode::kSessionClosed);
  EXPECT_TRUE(HasNoSideEffects(status)) << "no reader delivers it";
}

TEST_F(MessageWriterTest, SaysWhatWasSentWhenTheRoomEndsWithinAMessage) {
  MessageWriterOptions options;
  options.framing.max_part_bytes = 1;
  auto writer = Writer(options);
  full_ = 1;
  const absl::Time deadline = absl::FromUnixSeconds(1);
  const absl::Status status = writer.Write(std::string(2001, 'x'), deadline).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(status.message(), HasSubstr("batch 2 of 3 of the message"));
  EXPECT_THAT(deadlines_, ElementsAre(deadline, deadline));
  EXPECT_EQ(writer.Write("y").status(), absl::DeadlineExceededError("no room"))
      << "nothing of it was sent";
  full_ = 2;
  EXPECT_TRUE(writer.Write("y").ok()) << "the turn is free again";
}

TEST_F(MessageWriterTest, RefusesWhatCannotBeAMessage) {
  MessageWriterOptions options;
  options.framing.max_message_bytes = 3;
  auto writer = Writer(options);
  EXPECT_THAT(writer.Write("").status().message(), HasSubstr("size is 0: 1 to 3"));
  EXPECT_THAT(writer.Write("four").status().message(), HasSubstr("size is 4: 1 to 3"));
  EXPECT_TRUE(batches_.empty());

  options.framing.max_part_bytes = 0;
  EXPECT_EQ(GetErrorCode(MessageWriter<std::string>::Make(
                             AppendSession(std::make_unique<MockAppendSession>()), options)
                             .status()),
            ErrorCode::kInvalid);
}

// Long messages of many threads, through the emulator.
TEST(MessageTest, ThreadsDoNotMixTheirMessages) {
  const Client client = *Connect("emulator:");
  ASSERT_TRUE(client.EnsureBasin("my-basin").ok());
  ASSERT_TRUE(client.Basin("my-basin").EnsureStream("my-stream").ok());
  const Stream stream = client.Basin("my-basin").Stream("my-stream");
  MessageWriterOptions options;
  options.framing.max_part_bytes = 1;
  options.first_dedupe_seq = 1;
  auto writer = *MessageWriter<std::string>::Make(*stream.OpenAppendSession(), options);
  std::vector<std::thread> threads;
  for (char c = 'a'; c < 'e'; ++c) {
    threads.emplace_back([&writer, c] {
      for (int i = 0; i < 5; ++i) EXPECT_TRUE(writer.Write(std::string(1500 + i, c)).ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_TRUE(writer.session().Close().ok());

  rpc::v1::ReadRequest request;
  request.set_seq_num(0);
  request.set_wait(0);
  auto reader = *MessageReader<std::string>::Make(*stream.OpenReadSession(request));
  size_t messages = 0;
  for (const Message<std::string>& message : reader) {
    ++messages;
    EXPECT_EQ(message.value, std::string(message.value.size(), message.value[0]));
    EXPECT_EQ(message.end_seq_num - message.seq_num, message.value.size());
  }
  EXPECT_TRUE(reader.status().ok()) << reader.status();
  EXPECT_EQ(messages, 20u);
  EXPECT_EQ(reader.Stats().dropped, 0u);
}

// Protobuf's messages both ways.
TEST(MessageTest, ProtobufMessagesHaveACodec) {
  v1::Header header;
  header.set_name("a");
  EXPECT_EQ(Codec<v1::Header>::Decode(*Codec<v1::Header>::Encode(header))->name(), "a");
  const absl::Status bad = Codec<v1::Header>::Decode("\xff").status();
  EXPECT_EQ(GetErrorCode(bad), ErrorCode::kInvalid);
  EXPECT_THAT(bad.message(), HasSubstr("it is no s2.v1.Header"));
}

}  // namespace
}  // namespace s2
