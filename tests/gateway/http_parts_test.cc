// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// The small parts of the client, each by itself.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "s2/gateway/internal/http2/client_stream.h"
#include "s2/gateway/internal/http2/greeting.h"
#include "s2/gateway/internal/http2/http2.h"
#include "s2/gateway/internal/http2/mailbox.h"
#include "s2/gateway/internal/http2/out_queue.h"
#include "s2/tests/gateway/http_fixture.h"

namespace s2::gateway {
namespace {

TEST(HttpOriginTest, NamesThePortWhereTheSchemeDoesNot) {
  EXPECT_EQ(http2::Authority({false, "a.example", 80}), "a.example");
  EXPECT_EQ(http2::Authority({false, "a.example", 443}), "a.example:443");
  EXPECT_EQ(http2::Authority({true, "a.example", 443}), "a.example");
  EXPECT_EQ(http2::Authority({true, "::1", 80}), "[::1]:80");
  EXPECT_EQ(http2::Authority({false, "::1", 80}), "[::1]");
  EXPECT_EQ(http2::ToString({true, "a.example", 443}), "https://a.example:443");
  EXPECT_EQ(http2::ToString({false, "::1", 80}), "http://[::1]:80");
}

TEST(HttpGreetingTest, KnowsHttp2ByItsFirstFrame) {
  const std::string settings("\0\0\6\4\0\0\0\0\0\0\3\0\0\0\x64", 15);
  EXPECT_EQ(http2::JudgeGreeting(settings), http2::Greeting::kHttp2);
  EXPECT_EQ(http2::JudgeGreeting(settings.substr(0, 9)), http2::Greeting::kHttp2);
  EXPECT_EQ(http2::JudgeGreeting(settings.substr(0, 8)), http2::Greeting::kTooShort);
  EXPECT_EQ(http2::JudgeGreeting(""), http2::Greeting::kTooShort);
  EXPECT_EQ(http2::JudgeGreeting("HTTP/1.0"), http2::Greeting::kOther);
  EXPECT_EQ(http2::JudgeGreeting("something else"), http2::Greeting::kOther);
}

TEST(HttpGreetingTest, QuotesNoMoreThanALine) {
  EXPECT_EQ(http2::DescribeGreeting("220 mail\r\nmore"), "it answered \"220 mail\"");
  EXPECT_EQ(http2::DescribeGreeting(std::string(1000, 'x')),
            "it answered \"" + std::string(80, 'x') + "\"");
}

std::string Bytes(http2::OutQueue& queue) {
  std::string bytes;
  for (const asio::const_buffer& buffer : queue.Front()) {
    bytes.append(static_cast<const char*>(buffer.data()), buffer.size());
  }
  return bytes;
}

TEST(HttpOutQueueTest, GivesItsBytesInOrderHoweverTheyAreTaken) {
  for (size_t step = 1; step < 12; ++step) {
    http2::OutQueue queue;
    queue.Append(reinterpret_cast<const uint8_t*>("head"), 4);
    queue.Append(grpc::Slice("xbodyx", 6), 1, 5);
    queue.Append(grpc::Slice("none", 4), 2, 2);
    queue.Append(grpc::Slice("end", 3), 0, 3);
    std::string all;
    while (!queue.empty()) {
      EXPECT_EQ(Bytes(queue).size(), queue.size());
      const std::string part = Bytes(queue).substr(0, step);
      all += part;
      queue.Pop(part.size());
    }
    EXPECT_EQ(all, "headbodyend");
    EXPECT_EQ(queue.size(), 0);
  }
}

TEST(HttpOutQueueTest, RefersToTheBytesOfASlice) {
  static const char kText[] = "never copied";
  http2::OutQueue queue;
  queue.Append(grpc::Slice(kText, sizeof(kText), grpc::Slice::STATIC_SLICE), 6, 12);
  EXPECT_EQ(queue.Front()[0].data(), kText + 6);
}

TEST(HttpOutQueueTest, GivesNoMoreBuffersThanOneSystemCallTakes) {
  http2::OutQueue queue;
  for (int i = 0; i < 1000; ++i) queue.Append(reinterpret_cast<const uint8_t*>("x"), 1);
  EXPECT_EQ(queue.Front().size(), 64);
  EXPECT_EQ(queue.size(), 1000);
}

class HttpMailboxTest : public ::testing::Test {
 protected:
  ~HttpMailboxTest() override { mailbox_->Close(); }

  std::shared_ptr<http2::ClientStream> Stream() {
    return std::make_shared<http2::ClientStream>(
        http2::Request(), std::make_shared<s2::testing::RecordingEvents>(), mailbox_, options_);
  }

  http2::ClientOptions options_;
  int wakes_ = 0;
  const std::shared_ptr<http2::Mailbox> mailbox_ =
      std::make_shared<http2::Mailbox>([this] { ++wakes_; });
};

TEST_F(HttpMailboxTest, WakesOnceForAllThatComesBeforeItIsEmpty) {
  mailbox_->Add(Stream());
  mailbox_->Add(Stream());
  EXPECT_EQ(wakes_, 1);
  EXPECT_EQ(mailbox_->Take().size(), 2);
  mailbox_->Add(Stream());
  EXPECT_EQ(mailbox_->Take().size(), 1);
  EXPECT_EQ(wakes_, 1);
  EXPECT_TRUE(mailbox_->Take().empty());
  mailbox_->Add(Stream());
  EXPECT_EQ(wakes_, 2);
}

TEST_F(HttpMailboxTest, DoesNotWakeAThreadAtWork) {
  mailbox_->Hold();
  mailbox_->Add(Stream());
  EXPECT_EQ(wakes_, 0);
  EXPECT_EQ(mailbox_->Take().size(), 1);
}

TEST_F(HttpMailboxTest, TakesNothingAfterItsEnd) {
  mailbox_->Add(Stream());
  EXPECT_EQ(mailbox_->Close().size(), 1);
  EXPECT_FALSE(mailbox_->Add(Stream()));
  EXPECT_TRUE(mailbox_->Take().empty());
  EXPECT_EQ(wakes_, 1);
}

TEST_F(HttpMailboxTest, HoldsAStreamOnceForAllItsVerbs) {
  const auto stream = Stream();
  stream->Start();
  stream->Write({grpc::Slice("abc", 3)}, false);
  stream->Consume(40'000);
  EXPECT_EQ(mailbox_->Take().size(), 1);
  http2::ClientStream::Asked asked = stream->TakeAsked();
  EXPECT_TRUE(asked.written);
  EXPECT_EQ(asked.consumed, 40'000);
  EXPECT_FALSE(asked.cancelled);
  stream->Cancel();
  EXPECT_EQ(mailbox_->Take().size(), 1);
  asked = stream->TakeAsked();
  EXPECT_FALSE(asked.written);
  EXPECT_EQ(asked.consumed, 0);
  EXPECT_TRUE(asked.cancelled);
}

TEST_F(HttpMailboxTest, IsNotBotheredWithLittleThatWasConsumed) {
  options_.stream_window = 1000;
  const auto stream = Stream();
  stream->Consume(300);
  EXPECT_EQ(wakes_, 0);
  stream->Write({}, false);
  EXPECT_EQ(mailbox_->Take().size(), 1);
  EXPECT_EQ(stream->TakeAsked().consumed, 0);
  stream->Consume(199);
  EXPECT_TRUE(mailbox_->Take().empty());
  stream->Consume(1);
  EXPECT_EQ(mailbox_->Take().size(), 1);
  EXPECT_EQ(stream->TakeAsked().consumed, 500);
}

}  // namespace
}  // namespace s2::gateway
