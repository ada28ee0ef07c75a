// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "s2/gateway/internal/s2s/stream.h"
#include "s2/retry/error.h"
#include "s2/testing/manual_clock.h"
#include "s2/tests/gateway/fake_http.h"
#include "s2/tests/gateway/frames.h"
#include "s2/tests/gateway/slices.h"

namespace s2::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Keeps what happens.
class Log : public S2sEvents {
 public:
  void OnAccepted() override { events_.push_back("accepted"); }
  void OnFrame(Frame frame) override {
    events_.push_back(absl::StrCat("frame ", http2::Join({&frame.body, 1}),
                                   frame.reconnect_advised ? " reconnect" : ""));
  }
  void OnRoom() override { events_.push_back("room"); }
  void OnEnd(const absl::Status& status) override {
    events_.push_back("end");
    end_ = status;
  }

  std::vector<std::string> events_;
  absl::Status end_ = absl::UnknownError("it has not ended");
};

class S2sStreamTest : public ::testing::Test {
 protected:
  S2sStreamTest() {
    stream_->Start(http_, {}, *clock_, absl::Seconds(5));
    server_ = http_.Await();
  }

  const std::shared_ptr<testing::ManualClock> clock_ = std::make_shared<testing::ManualClock>();
  FakeHttp http_;
  const std::shared_ptr<Log> log_ = std::make_shared<Log>();
  const std::shared_ptr<S2sStream> stream_ = std::make_shared<S2sStream>(log_);
  std::shared_ptr<FakeHttpStream> server_;
};

TEST_F(S2sStreamTest, DeliversFramesHoweverTheyAreCut) {
  AcceptSession(*server_);
  const std::string bytes = MakeFrameBytes("one") + MakeFrameBytes("") + MakeFrameBytes("three");
  for (const char byte : bytes) server_->Data({&byte, 1});
  server_->Data(bytes);
  server_->Close();
  EXPECT_THAT(log_->events_, ElementsAre("accepted", "frame one", "frame ", "frame three",
                                         "frame one", "frame ", "frame three", "end"));
  EXPECT_EQ(log_->end_, absl::OkStatus());
}

TEST_F(S2sStreamTest, TellsThatReconnectIsAdvised) {
  AcceptSession(*server_);
  server_->Data(MakeFrameBytes("x", kReconnectFlag));
  EXPECT_THAT(log_->events_, ElementsAre("accepted", "frame x reconnect"));
}

TEST_F(S2sStreamTest, ATerminalFrameIsTheEndWhateverFollows) {
  AcceptSession(*server_);
  server_->Data(MakeFrameBytes("one") +
                TerminalFrame(404, R"({"code":"stream_not_found","message":"gone"})") +
                MakeFrameBytes("two"));
  server_->Close();
  EXPECT_THAT(log_->events_, ElementsAre("accepted", "frame one", "end"));
  EXPECT_EQ(GetErrorCode(log_->end_), ErrorCode::kStreamNotFound);
  EXPECT_TRUE(server_->cancelled());
}

TEST_F(S2sStreamTest, ARefusalIsReadWithItsBody) {
  server_->Respond(404, {{"content-type", "application/json"}});
  server_->Data(R"({"code":"basin_not_found",)");
  server_->Data(R"("message":"no such basin"})");
  EXPECT_THAT(log_->events_, IsEmpty());
  server_->Close();
  EXPECT_THAT(log_->events_, ElementsAre("end"));
  EXPECT_EQ(GetErrorCode(log_->end_), ErrorCode::kBasinNotFound);
  EXPECT_THAT(log_->end_.message(), HasSubstr("no such basin"));
}

TEST_F(S2sStreamTest, ARefusalWithoutEndIsJudgedByItsBeginning) {
  server_->Respond(502, {{"content-type", "text/html"}});
  for (int i = 0; i < 100; ++i) server_->Data(std::string(1000, 'x'));
  EXPECT_THAT(log_->events_, ElementsAre("end"));
  EXPECT_EQ(log_->end_.code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(HasNoSideEffects(log_->end_));
  EXPECT_TRUE(server_->cancelled());
}

TEST_F(S2sStreamTest, AnAnswerThatIsNotASessionIsNotS2s) {
  server_->Respond(200, {{"content-type", "text/html"}});
  server_->Data("<html>welcome</html>");
  server_->Close();
  EXPECT_THAT(log_->events_, ElementsAre("end"));
  EXPECT_EQ(GetErrorCode(log_->end_), ErrorCode::kInvalidAnswer);
  EXPECT_THAT(log_->end_.message(), HasSubstr("<html>welcome"));
  EXPECT_FALSE(HasNoSideEffects(log_->end_));
}

TEST_F(S2sStreamTest, WithoutAnAnswerItTimesOut) {
  clock_->Advance(absl::Seconds(4.9));
  EXPECT_THAT(log_->events_, IsEmpty());
  clock_->Advance(absl::Seconds(0.1));
  EXPECT_THAT(log_->events_, ElementsAre("end"));
  EXPECT_EQ(GetErrorCode(log_->end_), ErrorCode::kOpenTimeout);
  EXPECT_THAT(log_->end_.message(), HasSubstr("5s"));
  EXPECT_TRUE(server_->cancelled());
  AcceptSession(*server_);
  EXPECT_THAT(log_->events_, ElementsAre("end"));
}

TEST_F(S2sStreamTest, ARefusalWhoseBodyDoesNotEndTimesOut) {
  server_->Respond(503, {});
  clock_->Advance(absl::Seconds(5));
  EXPECT_EQ(log_->end_.code(), absl::StatusCode::kUnavailable);
}

TEST_F(S2sStreamTest, OnceAcceptedItHasAllTheTimeInTheWorld) {
  AcceptSession(*server_);
  EXPECT_EQ(clock_->timers(), 0u);
}

TEST_F(S2sStreamTest, ABrokenStreamIsNotSentOnlyBeforeItIsAccepted) {
  const absl::Status broken =
      NotSent(MakeError(ErrorCode::kServerDisconnected, "the connection broke"));
  server_->Close(broken);
  EXPECT_EQ(log_->end_, broken);

  const auto log = std::make_shared<Log>();
  const auto open = std::make_shared<S2sStream>(log);
  open->Start(http_, {}, *clock_, absl::Seconds(5));
  const auto server = http_.Await();
  AcceptSession(*server);
  server->Close(broken);
  EXPECT_EQ(GetErrorCode(log->end_), ErrorCode::kServerDisconnected);
  EXPECT_FALSE(GetErrorInfo(log->end_).not_sent());
  EXPECT_FALSE(HasNoSideEffects(log->end_));
}

TEST_F(S2sStreamTest, AnEndInsideAFrameIsABreak) {
  AcceptSession(*server_);
  server_->Data(MakeFrameBytes("one") + MakeFrameBytes("two").substr(0, 6));
  server_->Close();
  EXPECT_THAT(log_->events_, ElementsAre("accepted", "frame one", "end"));
  EXPECT_EQ(GetErrorCode(log_->end_), ErrorCode::kServerDisconnected);
  EXPECT_THAT(log_->end_.message(), HasSubstr("6 bytes into a frame"));
  EXPECT_FALSE(HasNoSideEffects(log_->end_));
}

TEST_F(S2sStreamTest, AnEndWithoutAnAnswerIsABreak) {
  server_->Close();
  EXPECT_EQ(GetErrorCode(log_->end_), ErrorCode::kServerDisconnected);
}

TEST_F(S2sStreamTest, AMalformedFrameIsTheEnd) {
  for (const absl::string_view frame : {absl::string_view("\0\0\0\0", 4),        // no flags
                                        absl::string_view("\xff\xff\xff\0", 4),  // too long
                                        absl::string_view("\0\0\1\x60", 4)}) {   // compression 3
    const auto log = std::make_shared<Log>();
    const auto stream = std::make_shared<S2sStream>(log);
    stream->Start(http_, {}, *clock_, absl::Seconds(5));
    const auto server = http_.Await();
    AcceptSession(*server);
    server->Data(frame);
    EXPECT_THAT(log->events_, ElementsAre("accepted", "end"));
    EXPECT_EQ(GetErrorCode(log->end_), ErrorCode::kInvalidAnswer);
    EXPECT_FALSE(HasNoSideEffects(log->end_));
    EXPECT_TRUE(server->cancelled());
  }
}

TEST_F(S2sStreamTest, NothingComesAfterCancel) {
  AcceptSession(*server_);
  stream_->Cancel();
  EXPECT_TRUE(server_->cancelled());
  server_->Data(MakeFrameBytes("x"));
  server_->MakeRoom();
  server_->Close();
  EXPECT_THAT(log_->events_, ElementsAre("accepted"));
}

TEST_F(S2sStreamTest, CancelledBeforeItStartsItStaysClosed) {
  const auto stream = std::make_shared<S2sStream>(log_);
  stream->Cancel();
  stream->Start(http_, {}, *clock_, absl::Seconds(5));
  clock_->Advance(absl::Seconds(5));
  EXPECT_THAT(log_->events_, ElementsAre("end"));  // of the first one
}

}  // namespace
}  // namespace s2::gateway
