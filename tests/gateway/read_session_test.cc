// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "absl/strings/str_cat.h"
#include "s2/tests/gateway/session_fixture.h"
#include "s2/tests/gateway/slices.h"

namespace s2::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ReadSessionTest : public SessionTest {
 protected:
  ReadSessionTest() {
    call_ = std::make_unique<ReadCall>(*stub_, rpc::v1::ReadRequest());
    s2_ = http_->Await();
  }
  void Accept() {
    AcceptSession(*s2_);
    EXPECT_TRUE(call_->Accepted());
  }

  std::unique_ptr<ReadCall> call_;
  std::shared_ptr<FakeHttpStream> s2_;
};

TEST_F(ReadSessionTest, DeliversBatchesAsTheyAre) {
  Accept();
  s2_->Data(BatchFrame(0, "one") + MakeFrameBytes("") + BatchFrame(1, "two"));
  EXPECT_THAT(call_->Bodies(), ElementsAre("one"));
  const auto heartbeat = call_->Next();
  ASSERT_TRUE(heartbeat.has_value());
  EXPECT_EQ(heartbeat->ByteSizeLong(), 0u);
  EXPECT_THAT(call_->Bodies(), ElementsAre("two"));
  s2_->Close();
  EXPECT_EQ(call_->Finish(), absl::OkStatus());
}

TEST_F(ReadSessionTest, ARefusalKeepsTheTail) {
  s2_->Respond(416, {{"content-type", "application/json"}});
  s2_->Data(R"({"tail":{"seq_num":9,"timestamp":1}})");
  s2_->Close();
  EXPECT_FALSE(call_->Accepted());
  const absl::Status status = call_->Finish();
  EXPECT_THAT(status, HasCode(ErrorCode::kReadUnwritten));
  EXPECT_EQ(GetErrorInfo(status).tail().seq_num(), 9u);
}

TEST_F(ReadSessionTest, WhatTheClientHasNotTakenStaysInTheWindow) {
  Accept();
  const std::string frame = BatchFrame(0, std::string(1000, 'x'));
  for (int i = 0; i < 100; ++i) s2_->Data(frame);
  // In process a message is taken when it is read; one may be on its way.
  EXPECT_LE(s2_->consumed(), frame.size());
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(call_->Next().has_value());
  EXPECT_LE(s2_->consumed(), 51 * frame.size());
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(call_->Next().has_value());
  s2_->AwaitConsumed(100 * frame.size());
}

TEST_F(ReadSessionTest, WhenReconnectIsAdvisedWhatHasComeIsDelivered) {
  Accept();
  s2_->Data(BatchFrame(0, "one") + BatchFrame(1, "two", kReconnectFlag) + BatchFrame(2, "three"));
  EXPECT_THAT(call_->Bodies(), ElementsAre("one"));
  EXPECT_THAT(call_->Bodies(), ElementsAre("two"));
  EXPECT_FALSE(call_->Next().has_value());
  const absl::Status status = call_->Finish();
  EXPECT_THAT(status, HasCode(ErrorCode::kServerDraining));
  EXPECT_EQ(ReconnectForwarded(status), 0u);
  s2_->AwaitCancel();
}

TEST_F(ReadSessionTest, AdviceThatIsNotFollowedIsPassedOver) {
  Accept();
  s2_->FollowAdvice(false);
  s2_->Data(BatchFrame(0, "one", kReconnectFlag) + BatchFrame(1, "two", kReconnectFlag));
  EXPECT_THAT(call_->Bodies(), ElementsAre("one"));
  EXPECT_THAT(call_->Bodies(), ElementsAre("two"));
  s2_->Close();
  EXPECT_TRUE(call_->Finish().ok());
}

TEST_F(ReadSessionTest, DrainTellsToReconnect) {
  Accept();
  core_->calls().Drain();
  EXPECT_EQ(ReconnectForwarded(call_->Finish()), 0u);
}

TEST_F(ReadSessionTest, ATerminalFrameComesAfterEarlierBatches) {
  Accept();
  s2_->Data(BatchFrame(0, "one") +
            TerminalFrame(503, R"({"code":"unavailable","message":"deleted"})"));
  EXPECT_THAT(call_->Bodies(), ElementsAre("one"));
  const absl::Status status = call_->Finish();
  EXPECT_THAT(status, HasCode(ErrorCode::kUnavailable));
  EXPECT_THAT(status.message(), HasSubstr("deleted"));
}

TEST_F(ReadSessionTest, ABombIsNoAnswerAndCostsNoMemory) {
  constexpr uint8_t kGzipFlag = 0x40;
  Accept();
  const http2::CodedBody bomb =
      http2::Encode({MakeSlice(std::string(64 << 20, '\0'))}, http2::Coding::kGzip);
  s2_->Data(BatchFrame(0, "one") + MakeFrameBytes(http2::Join(bomb.slices), kGzipFlag));
  EXPECT_THAT(call_->Bodies(), ElementsAre("one"));
  EXPECT_THAT(call_->Finish(), HasCode(ErrorCode::kInvalidAnswer));
}

TEST_F(ReadSessionTest, AGoneClientCancelsTheStream) {
  Accept();
  s2_->Data(BatchFrame(0, "one"));
  call_ = nullptr;
  s2_->AwaitCancel();
}

TEST_F(ReadSessionTest, AStopEndsSessionsWhoseClientDoesNotRead) {
  Accept();
  for (int i = 0; i < 10; ++i) s2_->Data(BatchFrame(i, "x"));
  core_->calls().Stop();
  EXPECT_FALSE(call_->Finish().ok());
}

}  // namespace
}  // namespace s2::gateway
