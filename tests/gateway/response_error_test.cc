// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/json/response_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "s2/gateway/internal/json/value.h"
#include "s2/retry/error.h"
#include "s2/retry/grpc_status.h"
#include "s2/tests/gateway/slices.h"

namespace s2::gateway {
namespace {

using ::testing::HasSubstr;
using S = absl::StatusCode;

http2::Response Response(int status, const std::string& content_type = "application/json") {
  return {status, {{"content-type", content_type}}};
}

absl::Status Terminal(int status, absl::string_view json) {
  const char head[] = {static_cast<char>(status >> 8), static_cast<char>(status)};
  return ErrorFromTerminalFrame(MakeSlice(absl::StrCat(absl::string_view(head, 2), json)));
}

// Both ways that S2 has to say the same.
std::vector<absl::Status> Errors(int status, absl::string_view body) {
  return {ErrorFromResponse(Response(status), body), Terminal(status, body)};
}

std::string CodeBody(absl::string_view code) {
  return absl::StrCat(R"({"code":")", code, R"(","message":"what happened","origin":"x"})");
}

// S2's codes, written down once more: status, gRPC code, retryable, no side effects.
struct Code {
  const char* name;
  int http_status;
  S status;
  bool retryable;
  bool no_side_effects;
};
constexpr Code kCodes[] = {
    {"access_token_not_found", 404, S::kNotFound, false, true},
    {"authn", 401, S::kUnauthenticated, false, true},
    {"bad_frame", 400, S::kInvalidArgument, false, true},
    {"bad_header", 400, S::kInvalidArgument, false, true},
    {"bad_json", 400, S::kInvalidArgument, false, true},
    {"bad_path", 400, S::kInvalidArgument, false, true},
    {"bad_proto", 400, S::kInvalidArgument, false, true},
    {"bad_query", 400, S::kInvalidArgument, false, true},
    {"basin_deletion_pending", 409, S::kFailedPrecondition, false, true},
    {"basin_not_found", 404, S::kNotFound, false, true},
    {"client_hangup", 499, S::kCancelled, false, false},
    {"decryption_failed", 400, S::kInvalidArgument, false, true},
    {"hot_server", 502, S::kUnavailable, true, true},
    {"invalid", 422, S::kInvalidArgument, false, true},
    {"not_implemented", 501, S::kUnimplemented, false, true},
    {"other", 500, S::kInternal, true, false},
    {"permission_denied", 403, S::kPermissionDenied, false, true},
    {"quota_exhausted", 403, S::kResourceExhausted, false, true},
    {"rate_limited", 429, S::kResourceExhausted, true, true},
    {"request_timeout", 408, S::kDeadlineExceeded, true, false},
    {"resource_already_exists", 409, S::kAlreadyExists, false, true},
    {"server_draining", 503, S::kUnavailable, true, true},
    {"storage", 500, S::kInternal, true, false},
    {"stream_deletion_pending", 409, S::kFailedPrecondition, false, true},
    {"stream_not_found", 404, S::kNotFound, false, true},
    {"transaction_conflict", 409, S::kAborted, true, true},
    {"unavailable", 503, S::kUnavailable, true, false},
    {"upstream_timeout", 504, S::kDeadlineExceeded, true, false},
};

class CodeTest : public ::testing::TestWithParam<Code> {};

TEST_P(CodeTest, MeansWhatTheTableSaysUnderItsOwnStatus) {
  const Code& code = GetParam();
  for (const absl::Status& error : Errors(code.http_status, CodeBody(code.name))) {
    EXPECT_EQ(error.code(), code.status);
    EXPECT_EQ(error.message(), "what happened");
    EXPECT_EQ(IsRetryable(error), code.retryable);
    EXPECT_EQ(HasNoSideEffects(error), code.no_side_effects);
    const rpc::v1::ErrorInfo info = GetErrorInfo(error);
    EXPECT_EQ(info.code(), code.name);
    EXPECT_EQ(info.http_status(), static_cast<uint32_t>(code.http_status));
    EXPECT_EQ(info.message(), "what happened");
    EXPECT_FALSE(info.has_retry_after());
  }
}

TEST_P(CodeTest, IsTrustedInNothingUnderAnotherStatus) {
  for (const int http_status : {400, 404, 429, 500, 503}) {
    if (http_status == GetParam().http_status) continue;
    for (const absl::Status& error : Errors(http_status, CodeBody(GetParam().name))) {
      EXPECT_EQ(error.code(), StatusCodeFromHttp(http_status));
      EXPECT_EQ(GetErrorInfo(error).code(), GetParam().name);
      EXPECT_FALSE(IsRetryable(error));
      EXPECT_FALSE(HasNoSideEffects(error));
    }
  }
}

TEST_P(CodeTest, CrossesGrpcWhole) {
  for (const absl::Status& error : Errors(GetParam().http_status, CodeBody(GetParam().name))) {
    EXPECT_EQ(FromGrpc(ToGrpc(error)), error);
  }
}

INSTANTIATE_TEST_SUITE_P(All, CodeTest, ::testing::ValuesIn(kCodes),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(ResponseErrorTest, AnUnknownCodeIsJudgedByItsStatus) {
  const std::pair<int, bool> kRetryable[] = {{400, false}, {408, true}, {409, false}, {429, true},
                                             {500, true},  {502, true}, {503, true},  {504, true}};
  for (const auto& [http_status, retryable] : kRetryable) {
    for (const absl::Status& error : Errors(http_status, CodeBody("brand_new"))) {
      EXPECT_EQ(error.code(), StatusCodeFromHttp(http_status));
      EXPECT_EQ(error.message(), "what happened");
      EXPECT_EQ(GetErrorInfo(error).code(), "brand_new");
      EXPECT_EQ(IsRetryable(error), retryable) << http_status;
      EXPECT_FALSE(HasNoSideEffects(error));
    }
  }
}

TEST(ResponseErrorTest, SeqNumMismatchSaysWhatTheStreamHas) {
  for (const absl::Status& error : Errors(412, R"({"seq_num_mismatch":18446744073709551615})")) {
    EXPECT_EQ(error.code(), S::kFailedPrecondition);
    EXPECT_EQ(GetErrorCode(error), ErrorCode::kSeqNumMismatch);
    EXPECT_EQ(GetErrorInfo(error).expected_seq_num(), 18446744073709551615u);
    EXPECT_THAT(error.message(), HasSubstr("the next record gets 18446744073709551615"));
    EXPECT_TRUE(HasNoSideEffects(error));
    EXPECT_FALSE(IsRetryable(error));
  }
}

TEST(ResponseErrorTest, FencingTokenMismatchSaysWhatTheStreamHas) {
  for (const char* token : {"", "tok", "\xc3\xa9 \""}) {
    const std::string body =
        absl::StrCat(R"({"fencing_token_mismatch":)", ToText(Json(token)), "}");
    for (const absl::Status& error : Errors(412, body)) {
      EXPECT_EQ(GetErrorCode(error), ErrorCode::kFencingTokenMismatch);
      EXPECT_TRUE(GetErrorInfo(error).has_expected_fencing_token());
      EXPECT_EQ(GetErrorInfo(error).expected_fencing_token(), token);
      EXPECT_TRUE(HasNoSideEffects(error));
    }
  }
}

TEST(ResponseErrorTest, UnwrittenSaysTheTail) {
  for (const absl::Status& error : Errors(416, R"({"tail":{"seq_num":7,"timestamp":9}})")) {
    EXPECT_EQ(error.code(), S::kOutOfRange);
    EXPECT_EQ(GetErrorCode(error), ErrorCode::kReadUnwritten);
    EXPECT_EQ(GetErrorInfo(error).tail().seq_num(), 7);
    EXPECT_EQ(GetErrorInfo(error).tail().timestamp(), 9);
    EXPECT_FALSE(IsRetryable(error));
  }
}

// Bodies that do not say what they should: only the status counts, and nothing is free of side
// effects.
TEST(ResponseErrorTest, ABodyThatIsNotS2sIsJudgedByTheStatusAlone) {
  const std::string kLongToken(37, 'x');
  const std::pair<int, std::string> kCases[] = {
      {404, ""},
      {405, ""},
      {415, ""},
      {412, ""},
      {412, "{}"},
      {412, R"({"seq_num_mismatch":-1})"},
      {412, R"({"seq_num_mismatch":1.5})"},
      {412, R"({"seq_num_mismatch":"1"})"},
      {412, R"({"seq_num_mismatch":18446744073709551616})"},
      {412, R"({"seq_num_mismatch":null})"},
      {412, R"({"fencing_token_mismatch":1})"},
      {412, absl::StrCat(R"({"fencing_token_mismatch":")", kLongToken, R"("})")},
      {412, R"({"tail":{"seq_num":7,"timestamp":9}})"},
      {412, CodeBody("seq_num_mismatch")},
      {416, CodeBody("read_unwritten")},
      {416, R"({"tail":{"seq_num":7}})"},
      {416, R"({"tail":7})"},
      {416, R"({"seq_num_mismatch":1})"},
      {422, R"({"seq_num_mismatch":1})"},
      {422, R"({"message":"no code"})"},
      {422, R"({"code":7,"message":"invalid"})"},
      {422, R"({"code":"invalid","message":7})"},
      {422, R"({"code":"","message":"invalid"})"},
      {422, CodeBody(std::string(65, 'x'))},
      {422, R"(["invalid"])"},
      {422, R"("invalid")"},
      {422, R"({"code":"invalid","message":"cut sho)"},
      {422, "{\"code\":\"invalid\",\"message\":\"\xff\"}"},
      {400, CodeBody("read_unwritten")},
      {400, CodeBody("seq_num_mismatch")},
      {400, "<html><body>Bad Request</body></html>"},
      {301, ""},
      {599, "x"},
  };
  for (const auto& [http_status, body] : kCases) {
    for (const absl::Status& error : Errors(http_status, body)) {
      SCOPED_TRACE(error);
      EXPECT_EQ(error.code(), StatusCodeFromHttp(http_status));
      EXPECT_EQ(GetErrorInfo(error).code(), "");
      EXPECT_EQ(GetErrorInfo(error).http_status(), static_cast<uint32_t>(http_status));
      EXPECT_EQ(GetErrorInfo(error).actual_case(), rpc::v1::ErrorInfo::ACTUAL_NOT_SET);
      EXPECT_FALSE(HasNoSideEffects(error));
      EXPECT_EQ(IsRetryable(error), IsRetryableHttp(http_status));
      EXPECT_THAT(error.message(), HasSubstr(absl::StrCat("HTTP ", http_status)));
    }
  }
}

TEST(ResponseErrorTest, AnErrorNamesWhatWasSeen) {
  EXPECT_EQ(ErrorFromResponse({404, {}}, "").message(), "the server answered HTTP 404 and no body");
  EXPECT_EQ(ErrorFromResponse(Response(502, "text/html"), "<html>\r\n\xff").message(),
            "the server answered HTTP 502 with \"text/html\": \"<html>\\r\\n\\xff\"");
  const absl::Status error = ErrorFromResponse(Response(502), std::string(100000, 'x'));
  EXPECT_LT(error.message().size(), 300);
  EXPECT_THAT(error.message(), HasSubstr("xxx\"..."));
  EXPECT_TRUE(IsRetryable(error));
}

TEST(ResponseErrorTest, AMessageIsOptionalAndBounded) {
  const absl::Status none = ErrorFromResponse(Response(422), R"({"code":"invalid"})");
  EXPECT_EQ(GetErrorCode(none), ErrorCode::kInvalid);
  EXPECT_EQ(none.message(), "S2 answered invalid");
  // In the midst of a character of two bytes.
  std::string text(1023, 'x');
  for (int i = 0; i < 1000; ++i) text += "\xc3\xa9";
  const absl::Status large =
      ErrorFromResponse(Response(422), ToText(Json{{"code", "invalid"}, {"message", text}}));
  EXPECT_EQ(large.message(), std::string(1023, 'x') + "...");
  EXPECT_EQ(FromGrpc(ToGrpc(large)), large);
}

TEST(ResponseErrorTest, RetryAfterIsInMilliseconds) {
  const auto retry_after = [](const std::string& value) {
    return RetryAfter(
        ErrorFromResponse({429, {{"retry-after-ms", value}}}, CodeBody("rate_limited")));
  };
  EXPECT_EQ(retry_after("1"), absl::Milliseconds(1));
  EXPECT_EQ(retry_after("2345"), absl::Milliseconds(2345));
  for (const char* bad : {"", "-1", "+1", "1.5", " 1", "soon"}) {
    EXPECT_EQ(retry_after(bad), absl::ZeroDuration()) << bad;
  }
  // Without a body too.
  EXPECT_EQ(RetryAfter(ErrorFromResponse({503, {{"retry-after-ms", "5"}}}, "")),
            absl::Milliseconds(5));
}

TEST(ResponseErrorTest, RetryAfterIsAMinuteAtTheMost) {
  for (const char* long_time : {"60001", "4294967295", "4294967296", "9223372036854775808",
                                "99999999999999999999999999999999"}) {
    const absl::Status error =
        ErrorFromResponse({429, {{"retry-after-ms", long_time}}}, CodeBody("rate_limited"));
    // What clients in other languages see.
    EXPECT_EQ(GetErrorInfo(error).retry_after().seconds(), 60) << long_time;
    EXPECT_EQ(GetErrorInfo(error).retry_after().nanos(), 0) << long_time;
  }
  const absl::Status less =
      ErrorFromResponse({429, {{"retry-after-ms", "59999"}}}, CodeBody("rate_limited"));
  EXPECT_EQ(GetErrorInfo(less).retry_after().seconds(), 59);
  EXPECT_EQ(GetErrorInfo(less).retry_after().nanos(), 999000000);
}

// A status of 0 would make a code of the client's own trustworthy.
TEST(ResponseErrorTest, ARefusalWithoutItsStatusIsNoAnswer) {
  for (const int http_status : {0, 1, 200, 299}) {
    for (const char* code : {"open_timeout", "session_closed", "invalid", "server_disconnected"}) {
      for (const absl::Status& error : Errors(http_status, CodeBody(code))) {
        EXPECT_EQ(GetErrorCode(error), ErrorCode::kInvalidAnswer);
        EXPECT_FALSE(HasNoSideEffects(error));
        EXPECT_FALSE(IsRetryable(error));
      }
    }
  }
  for (const char* body : {"", "x"}) {
    EXPECT_EQ(GetErrorCode(ErrorFromTerminalFrame(MakeSlice(body))), ErrorCode::kInvalidAnswer);
  }
}

TEST(ResponseErrorTest, AStatusIsUnsigned) {
  const absl::Status error = Terminal(0x8190, CodeBody("invalid"));
  EXPECT_EQ(GetErrorInfo(error).http_status(), 0x8190u);
  EXPECT_FALSE(HasNoSideEffects(error));
}

TEST(UnexpectedResponseTest, NamesWhatWasSeenAndPromisesNothing) {
  const absl::Status error = UnexpectedResponse(Response(200, "text/html"), "<html>");
  EXPECT_EQ(GetErrorCode(error), ErrorCode::kInvalidAnswer);
  EXPECT_EQ(error.message(), "what answered is not S2: HTTP 200 with \"text/html\": \"<html>\"");
  EXPECT_FALSE(HasNoSideEffects(error));
  EXPECT_FALSE(IsRetryable(error));
}

TEST(HasContentTypeTest, ParametersAndCaseDoNotMatter) {
  EXPECT_TRUE(http2::HasContentType(Response(200, "application/json"), "application/json"));
  EXPECT_TRUE(
      http2::HasContentType(Response(200, "Application/JSON ; charset=utf-8"), "application/json"));
  EXPECT_FALSE(http2::HasContentType(Response(200, "application/jsonx"), "application/json"));
  EXPECT_FALSE(http2::HasContentType(Response(200, ""), "application/json"));
  EXPECT_FALSE(http2::HasContentType({200, {}}, "application/json"));
}

}  // namespace
}  // namespace s2::gateway
