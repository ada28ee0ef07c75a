// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <atomic>
#include <thread>

#include "absl/synchronization/notification.h"
#include "s2/retry/error.h"
#include "s2/tests/gateway/session_fixture.h"
#include "s2/tests/gateway/slices.h"

namespace s2::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Pair;

// An append session that S2 has accepted.
class AppendSessionTest : public SessionTest {
 protected:
  explicit AppendSessionTest(GatewayOptions options = {}) : SessionTest(std::move(options)) {
    call_ = std::make_unique<AppendCall>(*stub_);
    s2_ = http_->Await();
  }
  void Accept() {
    AcceptSession(*s2_);
    EXPECT_TRUE(call_->Accepted());
  }
  // Writes the input and waits until it has been forwarded.
  void Forward(const std::string& body) {
    const size_t before = s2_->body().size();
    ASSERT_TRUE(call_->Write(Input(body)));
    s2_->AwaitBody(before + InputFrame(body).size());
  }

  std::unique_ptr<AppendCall> call_;
  std::shared_ptr<FakeHttpStream> s2_;
};

TEST_F(AppendSessionTest, ForwardsInputsAndDeliversAcksAsTheyAre) {
  Accept();
  Forward("one");
  Forward("");
  EXPECT_EQ(s2_->body(), InputFrame("one") + InputFrame(""));
  s2_->Data(AckFrame(7) + AckFrame(9));
  EXPECT_THAT(call_->Ack(), Pair(7, 8));
  EXPECT_THAT(call_->Ack(), Pair(9, 10));
  s2_->AwaitConsumed(AckFrame(7).size() + AckFrame(9).size());
}

TEST_F(AppendSessionTest, NothingIsWrittenBeforeS2Accepts) {
  // In process a write ends only when it is read.
  absl::Notification written;
  std::thread writer([&] {
    EXPECT_TRUE(call_->Write(Input("one")));
    written.Notify();
  });
  EXPECT_FALSE(written.WaitForNotificationWithTimeout(absl::Milliseconds(50)));
  EXPECT_EQ(s2_->body(), "");
  AcceptSession(*s2_);
  writer.join();
  s2_->AwaitBody(InputFrame("one").size());
}

TEST_F(AppendSessionTest, HalfCloseEndsTheBodyAndTheRestIsAcked) {
  Accept();
  Forward("one");
  ASSERT_TRUE(call_->HalfClose());
  s2_->AwaitBodyEnd();
  s2_->Data(AckFrame(0));
  s2_->Close();
  EXPECT_THAT(call_->Ack(), Pair(0, 1));
  EXPECT_EQ(call_->Finish(), absl::OkStatus());
}

TEST_F(AppendSessionTest, ARefusalIsNoAcceptance) {
  s2_->Respond(404, {{"content-type", "application/json"}});
  s2_->Data(R"({"code":"stream_not_found","message":"no such stream"})");
  s2_->Close();
  EXPECT_FALSE(call_->Accepted());
  const absl::Status status = call_->Finish();
  EXPECT_THAT(status, HasCode(ErrorCode::kStreamNotFound));
  EXPECT_THAT(status.message(), HasSubstr("no such stream"));
}

TEST_F(AppendSessionTest, ATerminalFrameComesAfterEarlierAcks) {
  Accept();
  Forward("one");
  Forward("two");
  s2_->Data(AckFrame(0) + TerminalFrame(412, R"({"seq_num_mismatch":5})"));
  EXPECT_THAT(call_->Ack(), Pair(0, 1));
  const absl::Status status = call_->Finish();
  EXPECT_THAT(status, HasCode(ErrorCode::kSeqNumMismatch));
  EXPECT_EQ(GetErrorInfo(status).expected_seq_num(), 5u);
  s2_->AwaitCancel();
}

TEST_F(AppendSessionTest, ReadsNoMoreThanS2HasRoomFor) {
  Accept();
  s2_->LetWrite(1);
  Forward("one");
  absl::Notification written;
  std::thread writer([&] {
    EXPECT_TRUE(call_->Write(Input("two")));
    written.Notify();
  });
  EXPECT_FALSE(written.WaitForNotificationWithTimeout(absl::Milliseconds(50)));
  EXPECT_EQ(s2_->body(), InputFrame("one"));
  s2_->MakeRoom();
  writer.join();
  s2_->AwaitBody(InputFrame("one").size() + InputFrame("two").size());
}

TEST_F(AppendSessionTest, ReadsNoMoreThan8192InputsWhoseAcksAreNotTaken) {
  constexpr uint64_t kMost = 8192;
  Accept();
  std::thread writer([&] {
    for (uint64_t i = 0; i <= kMost; ++i) ASSERT_TRUE(call_->Write(Input("x")));
  });
  const size_t size = InputFrame("x").size();
  s2_->AwaitBody(kMost * size);
  for (uint64_t i = 0; i < kMost; ++i) s2_->Data(AckFrame(i));
  EXPECT_EQ(s2_->body().size(), kMost * size);  // only one ack could be taken, and is not
  EXPECT_THAT(call_->Ack(), Pair(0, 1));
  EXPECT_THAT(call_->Ack(), Pair(1, 2));
  writer.join();
  s2_->AwaitBody((kMost + 1) * size);
}

TEST_F(AppendSessionTest, WhenReconnectIsAdvisedTheRestIsAckedAndNothingTaken) {
  Accept();
  Forward("one");
  Forward("two");
  s2_->Data(AckFrame(0, kReconnectFlag));
  s2_->AwaitBodyEnd();
  // It may be read, but is not forwarded.
  std::thread writer([&] { call_->Write(Input("three")); });
  EXPECT_THAT(call_->Ack(), Pair(0, 1));
  s2_->Data(AckFrame(1));
  EXPECT_THAT(call_->Ack(), Pair(1, 2));
  const absl::Status status = call_->Finish();
  EXPECT_THAT(status, HasCode(ErrorCode::kServerDraining));
  EXPECT_EQ(ReconnectForwarded(status), 2u);
  EXPECT_EQ(s2_->body(), InputFrame("one") + InputFrame("two"));
  writer.join();
}

TEST_F(AppendSessionTest, AdviceThatIsNotFollowedIsPassedOver) {
  Accept();
  s2_->FollowAdvice(false);
  for (int i = 0; i < 5; ++i) {
    Forward("x");
    s2_->Data(AckFrame(i, kReconnectFlag));
    EXPECT_THAT(call_->Ack(), Pair(i, i + 1));
  }
  EXPECT_EQ(s2_->retired(), 5);
  s2_->Data(TerminalFrame(503, R"({"code":"server_draining","message":"bye"})"));
  EXPECT_EQ(ReconnectForwarded(call_->Finish()), 5u);
  EXPECT_EQ(s2_->retired(), 6) << "the connection of a server that leaves takes no new stream";
}

TEST_F(AppendSessionTest, AStreamThatWasNotTakenIsOpenedElsewhere) {
  s2_->Close(NotSent(MakeError(ErrorCode::kServerDraining, "GOAWAY")));
  const absl::Status status = call_->Finish();
  EXPECT_THAT(status, HasCode(ErrorCode::kServerDraining));
  EXPECT_EQ(ReconnectForwarded(status), 0u);
}

TEST_F(AppendSessionTest, AfterAReconnectABreakIsNoNews) {
  Accept();
  Forward("one");
  Forward("two");
  s2_->Data(AckFrame(0, kReconnectFlag));
  s2_->Close(MakeError(ErrorCode::kServerDisconnected, "the connection broke"));
  const absl::Status status = call_->Finish();
  EXPECT_THAT(status, HasCode(ErrorCode::kServerDraining));
  EXPECT_EQ(ReconnectForwarded(status), 2u);
}

TEST_F(AppendSessionTest, AfterAReconnectWhatS2SaysOfAnInputCounts) {
  Accept();
  Forward("one");
  Forward("two");
  s2_->Data(AckFrame(0, kReconnectFlag) + TerminalFrame(412, R"({"fencing_token_mismatch":"t"})"));
  EXPECT_THAT(call_->Finish(), HasCode(ErrorCode::kFencingTokenMismatch));
}

TEST_F(AppendSessionTest, S2sOwnDrainingTellsToReconnect) {
  Accept();
  Forward("one");
  s2_->Data(TerminalFrame(503, R"({"code":"server_draining","message":"bye"})"));
  const absl::Status status = call_->Finish();
  EXPECT_THAT(status, HasCode(ErrorCode::kServerDraining));
  EXPECT_THAT(status.message(), HasSubstr("bye"));
  EXPECT_EQ(ReconnectForwarded(status), 1u);
}

TEST_F(AppendSessionTest, DrainDeliversTheAcksThatAreOwed) {
  Accept();
  Forward("one");
  core_->calls().Drain();
  s2_->AwaitBodyEnd();
  s2_->Data(AckFrame(0));
  EXPECT_THAT(call_->Ack(), Pair(0, 1));
  const absl::Status status = call_->Finish();
  EXPECT_THAT(status, HasCode(ErrorCode::kServerDraining));
  EXPECT_EQ(ReconnectForwarded(status), 1u);
}

TEST_F(AppendSessionTest, DrainBeforeAcceptanceForwardsNothing) {
  core_->calls().Drain();
  EXPECT_FALSE(call_->Accepted());
  const absl::Status status = call_->Finish();
  EXPECT_THAT(status, HasCode(ErrorCode::kServerDraining));
  EXPECT_EQ(ReconnectForwarded(status), 0u);
  EXPECT_TRUE(s2_->cancelled());
}

TEST_F(AppendSessionTest, WhateverTheMomentOfADrainTheCountIsTrue) {
  const size_t size = InputFrame("x").size();
  for (int round = 0; round < 200; ++round) {
    AppendCall call(*stub_);
    const auto s2 = http_->Await();
    AcceptSession(*s2);
    std::atomic<bool> over = false;
    std::thread writer([&] {
      while (!over && call.Write(Input("x"))) {
      }
    });
    s2->AwaitBody((1 + round % 20) * size);
    s2->Data(AckFrame(0, kReconnectFlag));
    s2->AwaitBodyEnd();
    s2->Close();
    const absl::Status status = call.Finish();
    over = true;
    writer.join();
    EXPECT_THAT(status, HasCode(ErrorCode::kServerDraining));
    EXPECT_EQ(ReconnectForwarded(status).value_or(0) * size, s2->body().size());
  }
}

TEST_F(AppendSessionTest, ABrokenConnectionIsNeverCalledFreeOfSideEffects) {
  Accept();
  Forward("one");
  s2_->Close(NotSent(MakeError(ErrorCode::kServerDisconnected, "the connection broke")));
  const absl::Status status = call_->Finish();
  EXPECT_THAT(status, HasCode(ErrorCode::kServerDisconnected));
  EXPECT_FALSE(HasNoSideEffects(status));
}

TEST_F(AppendSessionTest, ARequestThatWasNotSentSaysSo) {
  s2_->Close(NotSent(MakeError(ErrorCode::kServerDisconnected, "cannot connect")));
  EXPECT_FALSE(call_->Accepted());
  EXPECT_TRUE(GetErrorInfo(call_->Finish()).not_sent());
}

TEST_F(AppendSessionTest, AnEarlyCleanEndIsPassedOn) {
  Accept();
  Forward("one");
  s2_->Close();
  EXPECT_EQ(call_->Finish(), absl::OkStatus());
}

TEST_F(AppendSessionTest, AnInputThatIsTooLargeEndsTheSessionAfterEarlierAcks) {
  Accept();
  Forward("one");
  (void)call_->Write(Input(std::string(3 << 20, 'x')));
  s2_->AwaitBodyEnd();
  EXPECT_EQ(s2_->body(), InputFrame("one"));
  s2_->Data(AckFrame(0));
  EXPECT_THAT(call_->Ack(), Pair(0, 1));
  const absl::Status status = call_->Finish();
  EXPECT_THAT(status, HasCode(ErrorCode::kInvalid));
  EXPECT_THAT(status.message(), HasSubstr("2097151"));
}

TEST_F(AppendSessionTest, AnInputThatIsTooLargeSaysNothingOfEarlierOnes) {
  Accept();
  Forward("one");
  (void)call_->Write(Input(std::string(3 << 20, 'x')));
  s2_->AwaitBodyEnd();
  s2_->Close(MakeError(ErrorCode::kServerDisconnected, "the connection broke"));
  EXPECT_THAT(call_->Finish(), HasCode(ErrorCode::kServerDisconnected));
}

TEST_F(AppendSessionTest, AnAckTooManyIsNoAnswer) {
  Accept();
  Forward("one");
  s2_->Data(AckFrame(0) + AckFrame(1));
  EXPECT_THAT(call_->Ack(), Pair(0, 1));
  EXPECT_THAT(call_->Ack(), Pair(-1, -1));
  EXPECT_THAT(call_->Finish(), HasCode(ErrorCode::kInvalidAnswer));
}

TEST_F(AppendSessionTest, ACancelledCallCancelsTheStream) {
  Accept();
  call_->Cancel();
  s2_->AwaitCancel();
  EXPECT_EQ(call_->Finish().code(), absl::StatusCode::kCancelled);
}

TEST_F(AppendSessionTest, WhatIsLeftOfADrainCanBeKilled) {
  Accept();
  Forward("one");
  core_->calls().Drain();
  core_->calls().Kill();
  EXPECT_EQ(call_->Finish().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(s2_->cancelled());
}

TEST_F(AppendSessionTest, AStopEndsSessionsWhoseClientDoesNotRead) {
  Accept();
  Forward("one");
  Forward("two");
  s2_->Data(AckFrame(0) + AckFrame(1));
  core_->calls().Stop();
  EXPECT_FALSE(call_->Finish().ok());
}

TEST_F(AppendSessionTest, WithoutAnAnswerItTimesOut) {
  clock_->Advance(absl::Seconds(5));
  EXPECT_FALSE(call_->Accepted());
  EXPECT_THAT(call_->Finish(), HasCode(ErrorCode::kOpenTimeout));
}

// The same with compression.
class CompressedAppendSessionTest : public AppendSessionTest {
 protected:
  CompressedAppendSessionTest() : AppendSessionTest(Options()) {}

  static GatewayOptions Options() {
    GatewayOptions options;
    options.upstream.compression = endpoint::Compression::kZstd;
    return options;
  }
};

TEST_F(CompressedAppendSessionTest, LargeInputsAreCompressedAndAcksDecompressed) {
  constexpr uint8_t kZstdFlag = 0x20;
  Accept();
  Forward("small");
  const std::string large(100000, 'x');
  ASSERT_TRUE(call_->Write(Input(large)));
  std::string bytes = s2_->AwaitBody(InputFrame("small").size() + 4);
  bytes.erase(0, InputFrame("small").size());
  EXPECT_LT(bytes.size(), 1000u);
  absl::Span<const uint8_t> rest = Bytes(bytes);
  FrameParser parser;
  const auto frame = parser.Next(rest);
  ASSERT_TRUE(frame.ok() && frame->has_value());
  EXPECT_EQ((*frame)->coding, http2::Coding::kZstd);
  const auto body = DecodeBody(**frame);
  ASSERT_TRUE(body.ok()) << body.status();
  EXPECT_EQ(http2::Join(*body), Input(large).SerializeAsString());

  const http2::CodedBody coded =
      http2::Encode({MakeSlice(std::string(2000, '\0'))}, http2::Coding::kZstd);
  s2_->Data(MakeFrameBytes(http2::Join(coded.slices), kZstdFlag));
  s2_->Data(MakeFrameBytes("not zstd", kZstdFlag));
  const absl::Status status = call_->Finish();
  EXPECT_THAT(status, HasCode(ErrorCode::kInvalidAnswer));
  EXPECT_FALSE(HasNoSideEffects(status));
}

}  // namespace
}  // namespace s2::gateway
