// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/calls/unary_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "s2/gateway/internal/http2/compression.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"
#include "s2/testing/internal/short_text.h"
#include "s2/tests/gateway/slices.h"
#include "s2/tests/gateway/unary_harness.h"

namespace s2::gateway {
namespace {

using ::testing::HasSubstr;

constexpr char kAppend[] = "StreamService.Append";
constexpr char kRead[] = "StreamService.Read";
constexpr char kCheckTail[] = "StreamService.CheckTail";
constexpr char kTail[] = R"({"tail":{"seq_num":7,"timestamp":9}})";
const http2::Headers kJson = {{"content-type", "application/json"}};
const http2::Headers kProto = {{"content-type", "application/protobuf"}};

class UnaryCallTest : public ::testing::Test {
 protected:
  // The error of a CheckTail that S2 answers like this.
  absl::Status ErrorOf(int status, http2::Headers headers, absl::string_view body) {
    const auto call = harness_.Call(kCheckTail);
    harness_.http().Await()->Answer(status, std::move(headers), body);
    return call->Wait().status();
  }

  UnaryHarness harness_;
};

TEST_F(UnaryCallTest, AnAppendPassesThroughAsBytes) {
  const auto call = harness_.Call(kAppend, R"(records { body: "x" } match_seq_num: 0)");
  const auto stream = harness_.http().Await();
  stream->AwaitBodyEnd();
  EXPECT_EQ(stream->Line(), "POST https://s2.example:443/v1/streams/a%2Fb/records");
  EXPECT_EQ(stream->Header("content-type"), "application/protobuf");
  EXPECT_EQ(stream->Header("accept"), "application/protobuf");
  EXPECT_EQ(stream->Header("content-encoding"), "");
  v1::AppendInput input;
  ASSERT_TRUE(input.ParseFromString(stream->body()));
  EXPECT_EQ(testing::ShortText(input), R"(records { body: "x" } match_seq_num: 0)");
  v1::AppendAck ack;
  ack.mutable_end()->set_seq_num(1);
  stream->Answer(200, kProto, ack.SerializeAsString());
  EXPECT_EQ(*call->Wait(), "end { seq_num: 1 }");
}

TEST_F(UnaryCallTest, WhatHasComeOfAnAnswerIsHeld) {
  const auto call = harness_.Call(kRead);
  const auto stream = harness_.http().Await();
  stream->Respond(200, kProto);
  v1::ReadBatch batch;
  batch.add_records()->set_body("x");
  stream->Data(batch.SerializeAsString());
  EXPECT_EQ(harness_.core().held()->bytes(), batch.ByteSizeLong());
  stream->Close();
  EXPECT_TRUE(call->Wait().ok());
}

TEST_F(UnaryCallTest, AnEmptyAppendIsForS2ToRefuse) {
  const auto call = harness_.Call(kAppend);
  const auto stream = harness_.http().Await();
  stream->AwaitBodyEnd();
  EXPECT_EQ(stream->body(), "");
  stream->Answer(422, kJson, R"({"code":"invalid","message":"empty batch"})");
  EXPECT_EQ(GetErrorCode(call->Wait().status()), ErrorCode::kInvalid);
}

TEST_F(UnaryCallTest, AReadPassesThroughAsBytes) {
  const auto call = harness_.Call(kRead, "seq_num: 3 count: 10 wait: 2");
  const auto stream = harness_.http().Await();
  EXPECT_EQ(stream->Line(),
            "GET https://s2.example:443/v1/streams/a%2Fb/records?seq_num=3&count=10&wait=2");
  EXPECT_EQ(stream->Header("accept"), "application/protobuf");
  EXPECT_EQ(stream->Header("content-type"), "");
  EXPECT_TRUE(stream->no_body());
  v1::ReadBatch batch;
  batch.add_records()->set_body(std::string(100000, 'x'));
  const std::string bytes = batch.SerializeAsString();
  stream->Respond(200, kProto);
  for (size_t i = 0; i < bytes.size(); i += 16384) stream->Data(bytes.substr(i, 16384));
  stream->Close();
  EXPECT_EQ(*call->Wait(), testing::ShortText(batch));
  EXPECT_EQ(stream->consumed(), bytes.size());
}

TEST_F(UnaryCallTest, AnEmptyMessageIsAnAnswer) {
  const auto call = harness_.Call(kRead);
  harness_.http().Await()->Answer(200, kProto, "");
  EXPECT_EQ(*call->Wait(), "");
}

TEST(UnaryCallTokenTest, TheGatewaysOwnTokenThatIsRefusedMayBeReplaced) {
  int refusals = 0;
  GatewayOptions options;
  options.access_token = [] { return std::string("own"); };
  options.access_token_refused = [&refusals] { ++refusals; };
  UnaryHarness harness(options);
  const auto refuse = [&harness](int status, absl::string_view body) {
    const auto call = harness.Call(kCheckTail);
    harness.http().Await()->Answer(status, kJson, body);
    return call->Wait().status();
  };
  const absl::Status expired = refuse(401, R"({"code":"authn","message":"expired"})");
  EXPECT_EQ(GetErrorCode(expired), ErrorCode::kAuthn);
  EXPECT_TRUE(IsRetryable(expired));
  EXPECT_EQ(refusals, 1);
  EXPECT_FALSE(IsRetryable(refuse(403, R"({"code":"permission_denied","message":"no"})")));
  EXPECT_EQ(refusals, 1);
}

TEST_F(UnaryCallTest, ACallersTokenThatIsRefusedIsForTheCallerToReplace) {
  EXPECT_FALSE(IsRetryable(ErrorOf(401, kJson, R"({"code":"authn","message":"expired"})")));
}

TEST_F(UnaryCallTest, RefusalsAreErrorsWithAllThatS2Said) {
  const absl::Status missing =
      ErrorOf(404, kJson, R"({"code":"stream_not_found","message":"no stream"})");
  EXPECT_EQ(GetErrorCode(missing), ErrorCode::kStreamNotFound);
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(missing.message(), "no stream");

  const absl::Status limited =
      ErrorOf(429, {{"content-type", "application/json"}, {"retry-after-ms", "1500"}},
              R"({"code":"rate_limited","message":"slow down"})");
  EXPECT_EQ(RetryAfter(limited), absl::Milliseconds(1500));

  const absl::Status mismatch = ErrorOf(412, kJson, R"({"seq_num_mismatch":5})");
  EXPECT_EQ(GetErrorInfo(mismatch).expected_seq_num(), 5);

  const absl::Status unwritten = ErrorOf(416, kJson, kTail);
  EXPECT_EQ(GetErrorInfo(unwritten).tail().seq_num(), 7);

  const absl::Status empty = ErrorOf(405, {}, "");
  EXPECT_EQ(GetErrorInfo(empty).http_status(), 405u);
  EXPECT_FALSE(HasNoSideEffects(empty));
}

TEST_F(UnaryCallTest, WhatIsNotS2sIsNamed) {
  const absl::Status page = ErrorOf(200, {{"content-type", "text/html"}}, "<html>Hello</html>");
  EXPECT_EQ(GetErrorCode(page), ErrorCode::kInvalidAnswer);
  EXPECT_THAT(page.message(), HasSubstr(R"(HTTP 200 with "text/html": "<html>Hello</html>")"));

  const absl::Status proxy = ErrorOf(502, {{"content-type", "text/html"}}, "<html>Oops</html>");
  EXPECT_TRUE(IsRetryable(proxy));
  EXPECT_FALSE(HasNoSideEffects(proxy));
  EXPECT_THAT(proxy.message(), HasSubstr("<html>Oops</html>"));

  EXPECT_EQ(GetErrorCode(ErrorOf(200, {}, kTail)), ErrorCode::kInvalidAnswer);
  EXPECT_EQ(GetErrorCode(ErrorOf(200, kProto, kTail)), ErrorCode::kInvalidAnswer);
  EXPECT_EQ(ErrorOf(200, kJson, R"({"tail":{"seq_num":-1,"timestamp":9}})").message(),
            "S2's answer: tail.seq_num is \"-1\"; it must be an integer of 0 to "
            "18446744073709551615");

  // A success without a body is that of S2 only.
  const auto call = harness_.Call("BasinService.DeleteStream", R"(stream: "s")");
  harness_.http().Await()->Answer(200, {{"content-type", "text/html"}}, "<html>Log in</html>");
  EXPECT_EQ(GetErrorCode(call->Wait().status()), ErrorCode::kInvalidAnswer);
}

TEST_F(UnaryCallTest, AnAppendAnsweredByAnotherIsNotCalledHarmless) {
  for (const int status : {200, 404, 422, 503}) {
    const auto call = harness_.Call(kAppend, R"(records { body: "x" })");
    harness_.http().Await()->Answer(status, {{"content-type", "text/html"}}, "<html>");
    EXPECT_FALSE(HasNoSideEffects(call->Wait().status())) << status;
  }
}

TEST_F(UnaryCallTest, EncodedAnswersAreDecoded) {
  const std::string padded = std::string(kTail) + std::string(5000, ' ');
  for (const http2::Coding coding : {http2::Coding::kGzip, http2::Coding::kZstd}) {
    const http2::CodedBody coded = http2::Encode({MakeSlice(padded)}, coding);
    ASSERT_EQ(coded.coding, coding);
    const auto call = harness_.Call(kCheckTail);
    harness_.http().Await()->Answer(200,
                                    {{"content-type", "application/json"},
                                     {"content-encoding", std::string(http2::CodingName(coding))}},
                                    http2::Join(coded.slices));
    EXPECT_EQ(*call->Wait(), "tail { seq_num: 7 timestamp: 9 }");
  }
  const std::string refusal = R"({"code":"invalid","message":")" + std::string(1000, 'x') + R"("})";
  const absl::Status error = ErrorOf(
      422, {{"content-type", "application/json"}, {"content-encoding", "gzip"}},
      http2::Join(http2::Encode({MakeSlice(refusal + std::string(100, ' '))}, http2::Coding::kGzip)
                      .slices));
  EXPECT_EQ(GetErrorCode(error), ErrorCode::kInvalid);
}

TEST_F(UnaryCallTest, WhatCannotBeDecodedIsNoAnswer) {
  const auto headers = [](const char* coding) {
    return http2::Headers{{"content-type", "application/json"}, {"content-encoding", coding}};
  };
  EXPECT_EQ(GetErrorCode(ErrorOf(200, headers("gzip"), kTail)), ErrorCode::kInvalidAnswer);
  const absl::Status unknown = ErrorOf(200, headers("br"), kTail);
  EXPECT_EQ(GetErrorCode(unknown), ErrorCode::kInvalidAnswer);
  EXPECT_EQ(unknown.message(), "content-encoding is \"br\"; it must be gzip or zstd");
  const http2::CodedBody bomb =
      http2::Encode({MakeSlice(std::string(kMaxAnswerBytes + 1, ' '))}, http2::Coding::kZstd);
  EXPECT_EQ(GetErrorCode(ErrorOf(200, headers("zstd"), http2::Join(bomb.slices))),
            ErrorCode::kInvalidAnswer);
  // A refusal counts by its status.
  const absl::Status refusal = ErrorOf(503, headers("gzip"), "no gzip");
  EXPECT_EQ(refusal.code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(HasNoSideEffects(refusal));
}

TEST_F(UnaryCallTest, AnAnswerHasALimit) {
  const auto call = harness_.Call(kCheckTail);
  const auto stream = harness_.http().Await();
  stream->Respond(200, kJson);
  const std::string piece(1 << 20, ' ');
  for (size_t size = 0; size < kMaxAnswerBytes; size += piece.size()) stream->Data(piece);
  EXPECT_FALSE(stream->cancelled());
  stream->Data(" ");
  EXPECT_TRUE(stream->cancelled());
  EXPECT_EQ(stream->consumed(), kMaxAnswerBytes);
  stream->Close(absl::CancelledError());
  const absl::Status error = call->Wait().status();
  EXPECT_EQ(GetErrorCode(error), ErrorCode::kInvalidAnswer);
  EXPECT_EQ(error.message(), "the answer has more than 8388608 bytes");
}

TEST_F(UnaryCallTest, WhatBreaksTheStreamIsPassedOn) {
  const auto end_of = [&](const absl::Status& status) {
    const auto call = harness_.Call(kAppend);
    harness_.http().Await()->Close(status);
    return call->Wait().status();
  };
  const absl::Status broken = MakeError(ErrorCode::kServerDisconnected, "connection reset");
  EXPECT_EQ(end_of(broken), broken);
  EXPECT_FALSE(HasNoSideEffects(end_of(broken)));
  EXPECT_EQ(end_of(NotSent(broken)), NotSent(broken));
  EXPECT_TRUE(HasNoSideEffects(end_of(NotSent(broken))));
  EXPECT_EQ(harness_.http().opened(), 4);  // nothing is sent twice
}

TEST_F(UnaryCallTest, AServerThatLeavesTellsToReconnectElsewhere) {
  const auto call = harness_.Call(kCheckTail);
  const auto stream = harness_.http().Await();
  stream->Answer(503, kJson, R"({"code":"server_draining","message":"bye"})");
  EXPECT_EQ(ReconnectForwarded(call->Wait().status()), 0u);
  EXPECT_EQ(stream->retired(), 1) << "its connection takes no new streams";

  const auto refused = harness_.Call(kAppend, R"(records { body: "x" })");
  harness_.http().Await()->Close(NotSent(MakeError(ErrorCode::kServerDraining, "REFUSED_STREAM")));
  const absl::Status status = refused->Wait().status();
  EXPECT_EQ(ReconnectForwarded(status), 0u);
  EXPECT_TRUE(HasNoSideEffects(status));
}

TEST_F(UnaryCallTest, AnAnswerThatBreaksOffIsNone) {
  const auto call = harness_.Call(kCheckTail);
  const auto stream = harness_.http().Await();
  stream->Respond(200, kJson);
  stream->Data(kTail);
  stream->Close(MakeError(ErrorCode::kServerDisconnected, "connection reset"));
  EXPECT_EQ(GetErrorCode(call->Wait().status()), ErrorCode::kServerDisconnected);
}

TEST_F(UnaryCallTest, TheRequestHasATimeout) {
  const auto call = harness_.Call(kAppend);
  const auto stream = harness_.http().Await();
  stream->Respond(200, kProto);
  harness_.clock().Advance(absl::Milliseconds(4999));
  EXPECT_FALSE(stream->cancelled());
  harness_.clock().Advance(absl::Milliseconds(1));
  EXPECT_TRUE(stream->cancelled());
  stream->Close(absl::CancelledError());
  const absl::Status error = call->Wait().status();
  EXPECT_EQ(GetErrorCode(error), ErrorCode::kUpstreamTimeout);
  EXPECT_EQ(error.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(error.message(), "S2 did not answer within 5s");
  EXPECT_TRUE(IsRetryable(error));
  EXPECT_FALSE(HasNoSideEffects(error));
}

TEST_F(UnaryCallTest, ATimeoutBeforeAnythingWasSentSaysSo) {
  const auto call = harness_.Call(kAppend);
  const auto stream = harness_.http().Await();
  harness_.clock().Advance(absl::Seconds(5));
  stream->Close(NotSent(absl::CancelledError()));
  const absl::Status error = call->Wait().status();
  EXPECT_EQ(GetErrorCode(error), ErrorCode::kUpstreamTimeout);
  EXPECT_TRUE(HasNoSideEffects(error));
}

TEST_F(UnaryCallTest, AnAnswerThatCameWholeBeatsTheTimeout) {
  const auto call = harness_.Call(kCheckTail);
  const auto stream = harness_.http().Await();
  harness_.clock().Advance(absl::Seconds(5));
  EXPECT_TRUE(stream->cancelled());
  stream->Answer(200, kJson, kTail);
  EXPECT_TRUE(call->Wait().ok());
}

TEST_F(UnaryCallTest, AReadMayWait) {
  const std::pair<const char*, int> kCases[] = {
      {"wait: 0", 5}, {"wait: 7", 12}, {"wait: 60", 65}, {"wait: 4294967295", 65}};
  for (const auto& [request, seconds] : kCases) {
    const auto call = harness_.Call(kRead, request);
    const auto stream = harness_.http().Await();
    EXPECT_EQ(harness_.clock().next_timer() - harness_.clock().Now(), absl::Seconds(seconds));
    stream->Answer(200, kProto, "");
    EXPECT_TRUE(call->Wait().ok());
    EXPECT_EQ(harness_.clock().timers(), 0);
  }
}

TEST_F(UnaryCallTest, AClientThatGivesUpEndsTheStream) {
  const auto call = harness_.Call(kAppend);
  const auto stream = harness_.http().Await();
  call->Cancel();
  stream->AwaitCancel();
  stream->Close(absl::CancelledError());
  EXPECT_EQ(call->Wait().status().code(), absl::StatusCode::kCancelled);
}

TEST_F(UnaryCallTest, StoppingCutsCallsAndWaitsForThem) {
  const auto call = harness_.Call(kAppend);
  const auto stream = harness_.http().Await();
  std::thread stopping([&] { harness_.core().calls().Stop(); });
  stream->AwaitCancel();
  stream->Close(absl::CancelledError());
  stopping.join();
  const absl::Status error = call->Wait().status();
  EXPECT_EQ(error.code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(HasNoSideEffects(error));
  // And nothing is sent any more.
  EXPECT_EQ(harness_.Call(kAppend)->Wait().status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(harness_.http().opened(), 1);
}

TEST_F(UnaryCallTest, DrainingWaitsForTheAnswer) {
  const auto call = harness_.Call(kAppend);
  const auto stream = harness_.http().Await();
  harness_.core().calls().Drain();
  const auto late = harness_.Call(kAppend);
  stream->Answer(200, kProto, "");
  EXPECT_TRUE(call->Wait().ok());
  EXPECT_TRUE(harness_.core().calls().AwaitEnd(absl::InfiniteFuture()));
  EXPECT_FALSE(stream->cancelled());
  harness_.core().calls().RefuseHeld();
  const absl::Status refused = late->Wait().status();
  EXPECT_EQ(GetErrorCode(refused), ErrorCode::kServerDraining);
  EXPECT_TRUE(HasNoSideEffects(refused));
  EXPECT_EQ(harness_.http().opened(), 1);
}

TEST(UnaryCompressionTest, LargeBodiesAreEncoded) {
  for (const auto compression : {endpoint::Compression::kGzip, endpoint::Compression::kZstd}) {
    GatewayOptions options;
    options.upstream.compression = compression;
    UnaryHarness harness(options);
    const std::string name(http2::CodingName(ToCoding(compression)));
    const std::string body(2000, 'x');
    const auto call = harness.Call(kAppend, "records { body: \"" + body + "\" }");
    const auto stream = harness.http().Await();
    stream->AwaitBodyEnd();
    EXPECT_EQ(stream->Header("content-encoding"), name);
    EXPECT_EQ(stream->Header("accept-encoding"), name);
    const auto decoded = http2::Decode({MakeSlice(stream->body())}, ToCoding(compression), 1 << 20);
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(http2::Join(*decoded), MakeInput({MakeRecord(body)}).SerializeAsString());
    stream->Answer(200, kProto, "");
    EXPECT_TRUE(call->Wait().ok());

    const auto small = harness.Call(kAppend, "records { body: \"x\" }");
    const auto small_stream = harness.http().Await();
    small_stream->AwaitBodyEnd();
    EXPECT_EQ(small_stream->Header("content-encoding"), "");
    EXPECT_EQ(small_stream->body(), MakeInput({MakeRecord("x")}).SerializeAsString());
    small_stream->Answer(200, kProto, "");
    EXPECT_TRUE(small->Wait().ok());
  }
}

}  // namespace
}  // namespace s2::gateway
